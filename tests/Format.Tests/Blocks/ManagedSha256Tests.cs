using System.Security.Cryptography;
using System.Text;

namespace BinarySync.Format.Tests.Blocks;

public class ManagedSha256Tests
{
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Gives_the_digests_of_the_standard(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(ManagedSha256.Of(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Agrees_with_the_systems_at_every_length_and_in_any_pieces()
    {
        Random random = new(7);
        byte[] bytes = new byte[1000];
        random.NextBytes(bytes);
        ManagedSha256 hash = new(); // one for all: each digest starts anew
        byte[] digest = new byte[ManagedSha256.Length];
        for (int length = 0; length <= bytes.Length; length++)
        {
            ReadOnlySpan<byte> left = bytes.AsSpan(0, length);
            while (left.Length > 0)
            {
                int piece = random.Next(Math.Min(left.Length, 150) + 1);
                hash.Append(left[..piece]);
                left = left[piece..];
            }

            hash.Finish(digest);
            Assert.Equal(SHA256.HashData(bytes.AsSpan(0, length)), digest);
        }
    }
}
