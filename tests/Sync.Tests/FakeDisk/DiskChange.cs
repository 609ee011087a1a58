namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>
/// One change that has reached the cache and not yet the medium. A crash may keep it, lose it, tear it or bring it before others: so it
/// is a value that can be applied to any image.
/// </summary>
public abstract record DiskChange
{
    public abstract void ApplyTo(DiskImage image);
}

/// <summary>Bytes were written.</summary>
public sealed record WriteChange(long Offset, byte[] Data) : DiskChange
{
    public override void ApplyTo(DiskImage image) => image.Write(Data, Offset);
}

/// <summary>A range became zeros that take room.</summary>
public sealed record ZeroChange(long Offset, long Length) : DiskChange
{
    public override void ApplyTo(DiskImage image) => image.Zero(Offset, Length);
}

/// <summary>A range became a hole.</summary>
public sealed record PunchChange(long Offset, long Length) : DiskChange
{
    public override void ApplyTo(DiskImage image) => image.Punch(Offset, Length);
}

/// <summary>Holes were given room; what they read as is unchanged.</summary>
public sealed record AllocateChange(long Offset, long Length) : DiskChange
{
    public override void ApplyTo(DiskImage image) => image.Holes.Remove(Offset, Offset + Length);
}

/// <summary>A file was cut or grown.</summary>
public sealed record LengthChange(long Length) : DiskChange
{
    public override void ApplyTo(DiskImage image) => image.SetLength(Length);
}
