using BinarySync.Format.Tests.Vectors;

namespace BinarySync.Format.Tests.Mutations;

/// <summary>Every single bit and every length of a small message of each kind.</summary>
public class ExhaustiveDamageTests
{
    public static TheoryData<string> Small => new()
    {
        "example-ckr", "example-ckf", "example-dtr", "example-dtf", "ckr-open-ended-range", "ckf-ranges", "ckf-zeros-cross-windows",
        "dtr-two-groups", "dtf-brotli", "dtf-zstd", "dtf-repeats-only",
    };

    [Theory]
    [MemberData(nameof(Small))]
    public void Any_bit_flipped_is_refused(string name)
    {
        VectorFile vector = VectorFile.Load(name);
        for (int i = 0; i < vector.Message.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. vector.Message];
                changed[i] ^= (byte)(1 << bit);
                if (Record.Exception(() => MessageDump.Read(changed, vector.ReadAs)) is not MessageFormatException)
                {
                    Assert.Fail($"bit {bit} of byte {i} was not noticed");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Any_byte_replaced_is_refused(string name)
    {
        VectorFile vector = VectorFile.Load(name);
        for (int i = 0; i < vector.Message.Length; i++)
        {
            foreach (byte value in new byte[] { 0x00, 0x01, 0x7F, 0x80, 0xFF })
            {
                byte[] changed = [.. vector.Message];
                changed[i] = value;
                if (value != vector.Message[i]
                    && Record.Exception(() => MessageDump.Read(changed, vector.ReadAs)) is not MessageFormatException)
                {
                    Assert.Fail($"byte {i} as {value:X2} was not noticed");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Truncated_at_any_byte_is_truncated(string name)
    {
        VectorFile vector = VectorFile.Load(name);
        for (int length = 0; length < vector.Message.Length; length++)
        {
            Refusal.Of(FormatError.Truncated, length, () => MessageDump.Read(vector.Message[..length], vector.ReadAs));
        }
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Any_byte_that_follows_is_refused(string name)
    {
        VectorFile vector = VectorFile.Load(name);
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            Refusal.Of(
                FormatError.TrailingBytes, vector.Message.Length, () => MessageDump.Read([.. vector.Message, (byte)value], vector.ReadAs));
        }
    }
}
