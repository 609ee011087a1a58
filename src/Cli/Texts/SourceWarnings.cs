using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Usage;

namespace BinarySync.Cli.Texts;

/// <summary>Warns of a source that is likely to change while it is read, or that is probably not the one meant.</summary>
internal static class SourceWarnings
{
    /// <summary>
    /// A user who names a message as the target has probably mistyped. But it may be intended, and scripts must be able to do it.
    /// </summary>
    /// <param name="terminal">Takes the warning.</param>
    /// <param name="target">The path that was given.</param>
    /// <param name="checksums">What may have been meant with a checksum file, in words; null if that is to show it.</param>
    public static void SayMessage(Terminal terminal, string target, string? checksums)
    {
        if (MessageSight.KindByNameAndContent(target) is { } kind)
        {
            string meant = kind == MessageKind.ChecksumFile && checksums is not null
                ? checksums
                : $"'{kind.Tool()} info' shows its contents";
            terminal.Warn($"{target} is a {kind.Words()} and is read like any other file; {meant}");
        }
    }

    public static void Say(Terminal terminal, IReadableStorage source, bool live)
    {
        DeviceFileWarning.Say(terminal, source.Name);
        if (live)
        {
            return;
        }

        if (DeviceUsage.UnseenOfSource(source.Name) is [_, ..] unseen)
        {
            terminal.Warn(
                $"cannot tell whether {source.Name} is mounted, or whether anything else changes it: {string.Join(", ", unseen)}");
        }

        if (DeviceUsage.WritableMounts(source.Name) is [var mount, ..])
        {
            terminal.Warn(
                $"{source.Name} is mounted read-write on {mount}: the result may mix different moments; read a snapshot (lvcreate -s, for "
                    + "instance), or mount it read-only");
        }
        else
        {
            SayWriter(terminal, source.Name);
        }
    }

    // If a file is mapped, the time of its last change need not show that it was written meanwhile.
    private static void SayWriter(Terminal terminal, string source)
    {
        string? who = FileUsage.WriterOf(source) switch
        {
            WriterSign.Locked => $"another process has locked {source} for writing",
            WriterSign.Open => $"another process, or a loop device, has {source} open for writing, or mapped",
            _ => DeviceUsage.IsHeldAlone(source) ? $"another process holds {source} exclusively" : null,
        };
        if (who is not null)
        {
            terminal.Warn(
                $"{who}, perhaps an apply: the result may mix different moments; to see the process: "
                    + ShellText.Line(["fuser", "-v", source]));
        }
    }
}
