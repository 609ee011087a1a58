using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Messages that say that they can be applied as they arrive (Format.md 4.6), right and wrong.</summary>
internal static class ForwardVectors
{
    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "A request that has no copies, and says so.")]
    public static MessageForge Dtr_forward() => Forward(Samples.DataRequest());

    [Accepted(MessageKind.DataFile, Rule.DataFile, "A data file that has neither copies nor repeats, and says so.")]
    public static MessageForge Dtf_forward() => Forward(Samples.DataFile());

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Forward, "forward 0, where it is left out.", Field = "forward")]
    public static MessageForge Forward_0() => Forward(Samples.DataRequest(), 0).At("header.forward=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.Forward, "forward 2.", Field = "forward")]
    public static MessageForge Forward_2() => Forward(Samples.DataFile(), 2).At("header.forward=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Forward, "A checksum file that can be applied as it arrives.")]
    public static MessageForge Forward_in_ckf() => Forward(Samples.ChecksumFile()).At("header.forward=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ForwardAlone, "A request for two remotes.", Field = "forward")]
    public static MessageForge Forward_with_bases() => Forward(BasesVectors.Dtr_bases()).At("header.forward=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.ForwardAlone, "A part of a set.", Field = "forward")]
    public static MessageForge Forward_with_set() => Forward(SetVectors.Set_part_2_of_3()).At("header.forward=");

    [Refused(
        MessageKind.DataRequest,
        FormatError.Invalid,
        Rule.ForwardNothingBack,
        "A request that copies, and says that it does not.",
        Field = "operation")]
    public static MessageForge Forward_with_copies() => Forward(CopyVectors.Dtr_copies()).At("s1.count");

    [Refused(
        MessageKind.DataFile,
        FormatError.Invalid,
        Rule.ForwardNothingBack,
        "A data file with repeats that says that it has none.",
        Field = "codec")]
    public static MessageForge Forward_with_repeats() => Forward(RepeatVectors.Dtf_repeats()).At("s3.codec");

    private static MessageForge Forward(MessageForge forge, byte value = 1) =>
        Change(forge, _ => forge.Header.Insert("forward", [value], $"{value}"));
}
