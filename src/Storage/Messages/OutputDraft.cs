using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>The file that is written for an <see cref="OutputPlace"/>, before it has its name.</summary>
internal abstract class OutputDraft(OutputPlace place, SafeFileHandle file)
{
    protected const uint OwnerOnly = 0x180; // rw-------: the rights of others are given at the end

    /// <summary>Open for writing; closed by the owner of the draft.</summary>
    public SafeFileHandle File { get; } = file;

    protected OutputPlace Place { get; } = place;

    /// <summary>Begins a draft that leaves nothing behind when the process is killed, if that is possible.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.OpenFailed"/>, <see cref="StorageError.NoSpace"/>.</exception>
    public static OutputDraft Create(OutputPlace place)
    {
        OutputDraft draft = (OutputDraft?)NamelessDraft.TryCreate(place) ?? HiddenDraft.Create(place);
        StaleDrafts.Remove(place);
        return draft;
    }

    /// <summary>Gives the file its permissions, flushes it, gives it its name and makes that durable.</summary>
    /// <exception cref="StorageException">As <see cref="MessageOutput.Commit"/>.</exception>
    public abstract void Publish();

    /// <summary>Leaves nothing behind, unless the file has its name.</summary>
    public abstract void Abandon();
}
