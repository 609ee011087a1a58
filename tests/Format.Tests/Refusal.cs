namespace BinarySync.Format.Tests;

/// <summary>Assertions on why, where and at which field something was refused. Sentences are not compared.</summary>
internal static class Refusal
{
    public const string Source = "test";

    public static MessageFormatException Of(FormatError error, long offset, Action read)
    {
        MessageFormatException exception = Assert.Throws<MessageFormatException>(read);
        Assert.Equal((error, offset, Source), (exception.Error, exception.Offset, exception.MessageName));
        return exception;
    }

    public static MessageFormatException Of(FormatError error, long offset, string field, Action read)
    {
        MessageFormatException exception = Of(error, offset, read);
        Assert.Equal(field, exception.Field);
        return exception;
    }
}
