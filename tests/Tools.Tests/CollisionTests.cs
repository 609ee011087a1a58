using BinarySync.Format.Tests.Blocks;

namespace BinarySync.Tools.Tests;

/// <summary>
/// Two blocks with one XXH128, one at the remote and the other at the master: what the documents say of each hash is what happens
/// (docs/manual/hashes.md).
/// </summary>
public sealed class CollisionTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("xxh128", true)]
    [InlineData("xxh3", true)]
    [InlineData("sha256", false)]
    [InlineData("blake3", false)]
    public void A_change_is_hidden_from_a_hash_that_does_not_resist_and_from_no_other(string hash, bool isHidden)
    {
        byte[] rest = Content.Make(20 * CollidingBlocks.Length);
        byte[] a = [.. rest, .. CollidingBlocks.Of("good"), .. rest, 1];
        byte[] b = [.. rest, .. CollidingBlocks.Of("evil"), .. rest, 2];
        _work.Prepare(a, b, $"-a {hash}");
        _work.Line("dtfile apply p.dtf a --check-base --verify full").Succeeds().Prints(
            $"equal to the content that the data file describes ({hash})");
        _work.Line("ckfile check a b.ckf").Succeeds();
        Assert.Equal(isHidden, !_work.Read("a").AsSpan().SequenceEqual(b));
        _work.Line("ckfile info b.ckf").Succeeds().Prints(hash);
    }
}
