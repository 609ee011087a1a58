using System.IO.Hashing;
using System.Security.Cryptography;
using Blake3;

namespace BinarySync.Format;

/// <summary>The registry of block hashes (Format.md 4, <c>hash</c>): the only place that knows their names and lengths.</summary>
public abstract class BlockHash
{
    /// <summary>XXH3, 64 bits: for the smallest checksum files.</summary>
    public static readonly BlockHash Xxh3 = new Xxh3Hash();

    /// <summary>XXH3, 128 bits: the default.</summary>
    public static readonly BlockHash Xxh128 = new Xxh128Hash();

    /// <summary>SHA-256: for content that somebody might choose on purpose.</summary>
    public static readonly BlockHash Sha256 = new Sha256Hash();

    /// <summary>BLAKE3: as safe as <see cref="Sha256"/>, and several times as fast from blocks of 16 KiB on. Since format 1.1.</summary>
    public static readonly BlockHash Blake3 = new Blake3Hash();

    /// <summary>All of them, in the order in which they are offered.</summary>
    public static readonly IReadOnlyList<BlockHash> All = [Xxh128, Xxh3, Blake3, Sha256];

    private BlockHash(string name, int length, byte sinceMinor = 0, bool resistsCollisions = false)
    {
        Name = name;
        Length = length;
        SinceMinor = sinceMinor;
        ResistsCollisions = resistsCollisions;
    }

    /// <summary>The name in headers and on the command line.</summary>
    public string Name { get; }

    /// <summary>Bytes of a hash value.</summary>
    public int Length { get; }

    /// <summary>The minor version of the format that introduced it (Format.md 2.2).</summary>
    public byte SinceMinor { get; }

    /// <summary>
    /// True if nobody knows how to make two blocks with one value. For the others, two such blocks can be written down without any search.
    /// </summary>
    public bool ResistsCollisions { get; }

    /// <summary>Bytes of a root made with this hash (Format.md 10).</summary>
    public int RootLength => ResistsCollisions ? Length : Xxh128.Length;

    /// <summary>The hash with this name, or null.</summary>
    public static BlockHash? Find(string name) => All.FirstOrDefault(hash => hash.Name == name);

    /// <summary>Hashes one block that is in memory as a whole. Allocates nothing.</summary>
    /// <param name="block">The bytes that exist of the block.</param>
    /// <param name="destination"><see cref="Length"/> bytes.</param>
    public abstract void Hash(ReadOnlySpan<byte> block, Span<byte> destination);

    /// <summary>For a block that comes in pieces.</summary>
    public abstract RunningHash StartBlock();

    /// <summary>For the root over hashes of this kind: this hash if it <see cref="ResistsCollisions"/>, else XXH128.</summary>
    public RunningHash StartRoot() => ResistsCollisions ? StartBlock() : Xxh128.StartBlock();

    private sealed class Xxh3Hash() : BlockHash("xxh3", 8)
    {
        public override void Hash(ReadOnlySpan<byte> block, Span<byte> destination) => XxHash3.Hash(block, destination);

        public override RunningHash StartBlock() => new RunningXxh(new XxHash3());
    }

    private sealed class Xxh128Hash() : BlockHash("xxh128", 16)
    {
        public override void Hash(ReadOnlySpan<byte> block, Span<byte> destination) => XxHash128.Hash(block, destination);

        public override RunningHash StartBlock() => new RunningXxh(new XxHash128());
    }

    private sealed class Sha256Hash() : BlockHash("sha256", SHA256.HashSizeInBytes, resistsCollisions: true)
    {
        [ThreadStatic]
        private static ManagedSha256? _managed;

        public override void Hash(ReadOnlySpan<byte> block, Span<byte> destination)
        {
            if (SystemCryptography.IsThere)
            {
                SHA256.HashData(block, destination);
            }
            else
            {
                _managed ??= new ManagedSha256();
                _managed.Append(block);
                _managed.Finish(destination);
            }
        }

        public override RunningHash StartBlock() => SystemCryptography.IsThere ? new RunningSha256() : new RunningManagedSha256();
    }

    private sealed class Blake3Hash() : BlockHash("blake3", global::Blake3.Hash.Size, sinceMinor: 1, resistsCollisions: true)
    {
        public override void Hash(ReadOnlySpan<byte> block, Span<byte> destination) => Hasher.Hash(block, destination);

        public override RunningHash StartBlock() => new RunningBlake3();
    }

    private sealed class RunningXxh(NonCryptographicHashAlgorithm algorithm) : RunningHash
    {
        public override void Append(ReadOnlySpan<byte> bytes) => algorithm.Append(bytes);

        public override void Finish(Span<byte> destination) => algorithm.GetHashAndReset(destination);

        public override void Dispose()
        {
        }
    }

    private sealed class RunningSha256 : RunningHash
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public override void Finish(Span<byte> destination) => _hash.GetHashAndReset(destination);

        public override void Dispose() => _hash.Dispose();
    }

    private sealed class RunningBlake3 : RunningHash
    {
        private readonly Hasher _hash = Hasher.New();

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.Update(bytes);

        public override void Finish(Span<byte> destination)
        {
            _hash.Finalize(destination);
            _hash.Reset();
        }

        public override void Dispose() => _hash.Dispose();
    }

    private sealed class RunningManagedSha256 : RunningHash
    {
        private readonly ManagedSha256 _hash = new();

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);

        public override void Finish(Span<byte> destination) => _hash.Finish(destination);

        public override void Dispose()
        {
        }
    }
}

/// <summary>A hash over bytes that come in pieces.</summary>
public abstract class RunningHash : IDisposable
{
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Writes the hash value and starts anew.</summary>
    public abstract void Finish(Span<byte> destination);

    public abstract void Dispose();
}
