using BinarySync.Storage;

namespace BinarySync.Cli;

/// <summary>Warns of a source that is likely to change while it is read.</summary>
internal static class SourceWarnings
{
    public static void Say(Terminal terminal, IReadableStorage source, bool live)
    {
        if (!live && DeviceUsage.WritableMounts(source.Name) is [var mount, ..])
        {
            terminal.Warn($"{source.Name} is mounted read-write on {mount}: what is read may be of different moments; read a snapshot (lvcreate -s, for instance), or mount it read-only");
        }
    }
}
