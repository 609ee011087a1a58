namespace BinarySync.Format.Tests.Vectors;

/// <summary>Marks a function that makes one vector. The function's name, in lower case and with hyphens, is the vector's.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal abstract class VectorAttribute(MessageKind readAs, FormatError? expect, string rule, string comment) : Attribute
{
    public MessageKind ReadAs => readAs;

    public FormatError? Expect => expect;

    public string Rule => rule;

    /// <summary>One sentence.</summary>
    public string Comment => comment;

    /// <summary>The field that a reader should name, where the name matters.</summary>
    public string? Field { get; init; }
}

/// <summary>The message is right.</summary>
internal sealed class AcceptedAttribute(MessageKind readAs, string rule, string comment) : VectorAttribute(readAs, null, rule, comment);

/// <summary>The message is to be refused.</summary>
internal sealed class RefusedAttribute(
    MessageKind readAs, FormatError expect, string rule, string comment) : VectorAttribute(readAs, expect, rule, comment);
