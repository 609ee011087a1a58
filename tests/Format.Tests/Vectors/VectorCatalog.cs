using System.Reflection;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>All functions that make vectors, by the vector's name.</summary>
internal static class VectorCatalog
{
    private static readonly Type[] Places =
        [
            typeof(AcceptedVectors), typeof(ContainerVectors), typeof(HeaderVectors), typeof(ParentVectors), typeof(BasesVectors),
            typeof(SetVectors), typeof(TrailerVectors), typeof(ChecksumVectors), typeof(OperationVectors),
            typeof(ContentVectors), typeof(CopyVectors), typeof(RepeatVectors), typeof(ForwardVectors),
            typeof(NewerHashVectors), typeof(NewerVectors), typeof(ZstdVectors), typeof(PrefixVectors),
            typeof(RollingVectors), typeof(ShiftVectors),
        ];

    public static IReadOnlyDictionary<string, Func<(VectorFile File, ForgedMessage Message)>> All { get; } = Places
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        .Where(method => method.GetCustomAttribute<VectorAttribute>() is not null)
        .ToDictionary(NameOf, method => (Func<(VectorFile, ForgedMessage)>)(() => Make(method)), StringComparer.Ordinal);

    private static string NameOf(MethodInfo method) => method.Name.ToLowerInvariant().Replace('_', '-');

    private static (VectorFile File, ForgedMessage Message) Make(MethodInfo method)
    {
        VectorAttribute attribute = method.GetCustomAttribute<VectorAttribute>()!;
        MessageForge forge = (MessageForge)method.Invoke(null, null)!;
        ForgedMessage message = forge.Build();
        VectorFile file = new()
        {
            Name = NameOf(method),
            Expect = attribute.Expect,
            ReadAs = attribute.ReadAs,
            Offset = forge.Fault is null ? null : message.OffsetOf(forge.Fault),
            Field = attribute.Field,
            Rule = attribute.Rule,
            Comment = attribute.Comment,
            Message = message.Bytes,
        };
        Assert.True(attribute.Expect is null == forge.Fault is null, $"{file.Name}: a fault has a place, and only a fault");
        return (file, message);
    }
}
