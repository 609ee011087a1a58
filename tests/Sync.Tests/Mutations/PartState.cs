using BinarySync.Storage;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>A target to which some parts of a set are applied, and the note beside it.</summary>
/// <param name="Image">What is in it.</param>
/// <param name="Kind">A file or a device.</param>
/// <param name="Note">The set note.</param>
/// <param name="Times">How often it was changed: by its times a note is believed.</param>
internal sealed record PartState(DiskImage Image, StorageKind Kind, FakeStateFile Note, int Times)
{
    public static PartState Of(FakeStorage target, FakeStateFile note) =>
        new(
            target.Cache,
            target.Kind,
            note,
            (int)Math.Max(
                0, target.ReadStamp().ModifiedNanoseconds - new FakeStorage(DiskImage.Sparse(0)).ReadStamp().ModifiedNanoseconds));

    /// <summary>The same disk, in another process.</summary>
    public FakeStorage Target()
    {
        FakeStorage target = new(Image.Copy(), Kind);
        for (int i = 0; i < Times; i++)
        {
            target.Touch();
        }

        return target;
    }

    public FakeStateFile CopyOfNote() => new() { Name = Note.Name, Content = Note.Content?.ToArray() };
}
