using System.Reflection;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Every rule of Format.md that a reader can check, by section. Each has at least one vector.</summary>
internal static class Rule
{
    // Accepting vectors.
    public const string Request = "accepted: checksum request";
    public const string Checksums = "accepted: checksum file";
    public const string DataRequest = "accepted: data request";
    public const string DataFile = "accepted: data file";
    public const string NewerMinor = "accepted: newer minor version";

    // 1. Words
    public const string VarintLength = "1 a varint has at most 9 bytes";
    public const string VarintShortest = "1 a varint is as short as possible";

    // 2. A message
    public const string Truncated = "2 a message has all its parts";
    public const string NothingFollows = "2 nothing follows the tail";
    public const string HeaderChecksum = "2 the header has its checksum";
    public const string Magic = "2.1 magic";
    public const string TextMode = "2.1 text mode damage is seen";
    public const string NewerMajor = "2.1 a newer major version is refused as such";
    public const string MajorZero = "2.1 major version 0 does not exist";
    public const string Kind = "2.1 kind";
    public const string WrongKind = "2.1 the kind is the one that is needed";
    public const string Flags = "2.1 flags are 0";
    public const string HeaderLength = "2.1 header length is 1 to 4,194,304";
    public const string UnknownKey = "2.2 an unknown key is an error in a known minor version";
    public const string UnknownSection = "2.2 an unknown section is an error in a known minor version";
    public const string RequiredKey = "2.2 a key that begins with ! may not be skipped";
    public const string RequiredSection = "2.2 a section without the flag may not be skipped";
    public const string NewerValue = "2.2 a value that is not known is of a newer version, where there may be one";
    public const string ForeignKey = "2.2 a key of another kind is an error in any version";
    public const string SkippedSectionCounts = "2.2 a skipped section's checksum is checked, and it counts";
    public const string SectionOfKind = "2.3 a kind has its own sections only";
    public const string Codec = "2.3 codec";
    public const string CodecOfContentOnly = "2.3 only content is compressed, and operations by Brotli";
    public const string SectionFlags = "2.3 section flags are 0";
    public const string SectionReserved = "2.3 the reserved byte is 0";
    public const string StoredLength = "2.3 stored length is 1 to 4,194,304";
    public const string RawLength = "2.3 raw length is 1 to 4,194,304";
    public const string Lengths = "2.3 stored and raw length fit the codec";
    public const string SectionChecksum = "2.3 a section has its checksum";
    public const string Decompression = "2.3 a frame decompresses to its raw length and uses all bytes";
    public const string ZstdForm = "2.3 a Zstandard frame is a single segment with its content size, and nothing else is said of it";
    public const string ZstdNamed = "4.7 a message has frames of Zstandard only if its header says so";
    public const string PrefixNamed = "4.8 a message has frames over old content only if its header says so";
    public const string PrefixAlone = "4.8 !prefix stands beside neither bases nor forward";
    public const string PrefixWholeBlocks = "4.8 a frame of a message with !prefix holds whole blocks";
    public const string ShiftNamed = "4.9 a message has shifted copies only if its header says so";
    public const string ShiftAlone = "4.9 !shift stands beside neither bases nor forward";
    public const string RepeatOfPrefix = "8.1 no frame referred to is over old content";
    public const string LZ4Form = "2.3 an LZ4 block has no offset of 0, and ends in literals";
    public const string TailLength = "2.4 trailer length";
    public const string TailReserved = "2.4 the reserved field is 0";
    public const string TailMark = "2.4 end mark";

    // 3. MessagePack
    public const string Map = "3 header and trailer are one map each";
    public const string KeyOrder = "3 keys ascend, none twice";
    public const string Shortest = "3 every value is in its shortest encoding";
    public const string ValueType = "3 values have the type of their key";
    public const string Utf8 = "3 strings are valid UTF-8";
    public const string AfterMap = "3 nothing follows the map";
    public const string ValueLength = "3 values lie inside the map";
    public const string Depth = "3 skipped values are nested at most 16 deep";

    // 4. Header
    public const string RequiredKeys = "4 required keys are there";
    public const string KeysOfKind = "4 keys of another kind are not";
    public const string BlockSize = "4 block_size";
    public const string FrameSize = "4 frame_size";
    public const string Hash = "4 hash";
    public const string NewerHash = "4 a hash stands under the key of its version, and under one";
    public const string Label = "4 label";
    public const string Derived = "4 derived is 1 where it is there, in a checksum file only";
    public const string Forward = "4 forward is 1 where it is there, in a data request or data file only";
    public const string Size = "4 a size is at most 2^62";
    public const string RangePairs = "4.2 ranges are pairs";
    public const string RangeCount = "4.2 at most 65,536 ranges";
    public const string RangeEmpty = "4.2 a range has blocks";
    public const string RangeTouching = "4.2 ranges do not touch";
    public const string RangeBounds = "4.2 ranges end by block 2^62";
    public const string RangeOpenEnd = "4.2 only the last range of a request is open-ended";
    public const string RangeNone = "4.2 only a checksum file may cover nothing";
    public const string RangeInside = "4.2 ranges lie inside the target";
    public const string RangeWhole = "4.2 the whole is written without ranges";
    public const string ParentKeys = "4.3 a parent has its keys";
    public const string ParentBlockSize = "4.3 the parent's blocks are larger than those of the message";
    public const string ParentSizes = "4.3 the parent's sizes are those of the header";
    public const string ParentRanges = "4.3 the parent's ranges are those of a data request";
    public const string ParentRoots = "4.3 the parent's roots are as long as its hash makes them";
    public const string ParentLevel = "4.3 a parent has no parent";
    public const string BasesCount = "4.4 a merged message has 1 to 4,096 bases";
    public const string BasesKeys = "4.4 a base has its keys";
    public const string BasesRoots = "4.4 a base's root is as long as the hash makes it";
    public const string BasesAlone = "4.4 bases stand beside neither base_size nor parent";
    public const string BasesElsewhere = "4.4 with bases all old hashes stand elsewhere, and only then";
    public const string BasesNoCopy = "4.4 a merged message copies nothing";
    public const string SetNumbers = "4.5 the numbers of a part";
    public const string SetIdentity = "4.5 the identity of a set is made of its roots";
    public const string SetGroups = "4.5 a part has the groups that it says";
    public const string ForwardAlone = "4.6 forward stands beside neither bases nor set";
    public const string ForwardNothingBack = "4.6 what says forward has neither copies nor repeats";

    // 5. Trailer
    public const string TrailerKeys = "5 the trailer has the keys of its kind";
    public const string TrailerPlain = "5 the trailer is not compressed";
    public const string TrailerCounts = "5 the trailer's counts are right";
    public const string Digest = "5 the digest is right";
    public const string Root = "5 the root is that of the checksums";
    public const string Identities = "5 identities have their length";

    // 6. Checksums
    public const string SectionFirst = "6 sections cover the coverage in order";
    public const string SectionTooShort = "6 a section has its fields";
    public const string Runs = "6 a section has runs";
    public const string RunCount = "6 a run has blocks";
    public const string RunKinds = "6 neighbours differ in kind";
    public const string ZerosAcross = "6 sections do not meet in zeros";
    public const string SectionCut = "6 sections end where they must, and nowhere else";
    public const string RunInRange = "6 a run lies in its range";
    public const string Hashes = "6 one hash for each block of data, and no more";
    public const string RollingNamed = "6.1 a checksum file has rolling sums only if its header says so";
    public const string RollingPlace = "6.1 rolling sums come behind each section that has data blocks, and nowhere else";
    public const string RollingLength = "6.1 one rolling sum for each block of data, and no more";
    public const string RollingSkippable = "6.1 a section of rolling sums may be skipped";
    public const string CoverageComplete = "6 all of the coverage is there";

    // 7. Operations
    public const string GroupCount = "7 a group has 1 to 32,768 operations";
    public const string OperationComplete = "7 an operation has its fields";
    public const string OperationBlocks = "7 an operation has blocks";
    public const string Kinds = "7 kinds";
    public const string InsideTarget = "7 operations are on blocks of B";
    public const string InsideCoverage = "7 operations are in the coverage";
    public const string OldKindFits = "7 old kind absent where A has no block, and only there";
    public const string ZeroToZero = "7 zeros do not become zeros";
    public const string Continues = "7 an operation that continues has other kinds";
    public const string Ascending = "7 operations ascend over groups";
    public const string GroupCut = "7 groups end where they must, and nowhere else";
    public const string CopySource = "7 a copy's source lies in A and in the coverage, and its blocks are as long as those they become";
    public const string ShiftSource = "7 a shifted copy's source bytes lie in A, touch only covered blocks, and begin within a block";
    public const string CopyCircle = "7 copies can be ordered";
    public const string OperationHashes = "7 a group has its hashes, and no more";

    // 8. Content
    public const string FrameMissing = "8 all frames are there";
    public const string FrameExtra = "8 no frames are left over";
    public const string FrameLength = "8 frames have the length that the operations give";
    public const string ContentHash = "8 content has its new hash";

    public const string RepeatCodec = "8.1 literals have codec 0, 1 or 2";
    public const string RepeatFrames = "8.1 a frame refers to 1 to 16 frames, and uses each";
    public const string RepeatDistance = "8.1 distances ascend and lead to frames of the message";
    public const string RepeatPieces = "8.1 pieces give the raw length";
    public const string RepeatShortest = "8.1 a repeat has at least 512 bytes";
    public const string RepeatNamed = "8.1 a repeat is from a frame that is named";
    public const string RepeatJoined = "8.1 pieces that continue one another are one";
    public const string RepeatLiterals = "8.1 the literals are there, and no more";
    public const string RepeatInside = "8.1 what is repeated lies inside its frame";
    public const string RepeatDepth = "8.1 what is repeated is literal where it stands";

    // 9. What belongs together
    public const string TailWhole = "9.3 the coverage has all of the tail or nothing of it";
    public const string MustChange = "9.3 blocks where the size changes have operations";

    public static IReadOnlyList<string> All { get; } =
        [.. typeof(Rule).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(
            field => (string)field.GetRawConstantValue()!)];
}
