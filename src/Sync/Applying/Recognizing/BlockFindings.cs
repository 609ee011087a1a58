using BinarySync.Sync.Applying.Evidence;

namespace BinarySync.Sync.Applying.Recognizing;

/// <summary>What the blocks of a slot were found to be. Not safe from several threads.</summary>
internal sealed class BlockFindings
{
    /// <summary>Blocks found to be old.</summary>
    public long OldBlocks { get; private set; }

    /// <summary>Blocks found to be new.</summary>
    public long NewBlocks { get; private set; }

    /// <summary>Blocks to be written no matter what they look like.</summary>
    public long AgainBlocks { get; private set; }

    /// <summary>Blocks that are not old, whatever is to be done with them: an undo file cannot be made any more.</summary>
    public long NotOldBlocks { get; private set; }

    /// <summary>What was seen of all blocks, whether or not it is believed.</summary>
    public SeenBlocks Seen { get; private set; }

    /// <summary>Blocks found to be neither.</summary>
    public List<long> Unrecognized { get; } = [];

    /// <summary>Blocks that the medium does not return.</summary>
    public List<long> Unreadable { get; } = [];

    /// <summary>Blocks found not to be new, if that is asked for.</summary>
    public List<long> NotNew { get; } = [];

    /// <summary>Blocks of a frame over old content whose content was found in the redo.</summary>
    public List<long> InRedo { get; } = [];

    /// <summary>Blocks of a frame over old content that are not new, and cannot be made any more.</summary>
    public List<long> WithoutOld { get; } = [];

    /// <summary>Blocks of a frame over old content that are neither old nor new.</summary>
    public List<long> Strange { get; } = [];

    public void Clear()
    {
        OldBlocks = 0;
        NewBlocks = 0;
        AgainBlocks = 0;
        NotOldBlocks = 0;
        Seen = default;
        Unrecognized.Clear();
        Unreadable.Clear();
        NotNew.Clear();
        InRedo.Clear();
        WithoutOld.Clear();
        Strange.Clear();
    }

    /// <summary>Notes what a block looks like, whether or not it is believed.</summary>
    /// <param name="state">Old, new, both or neither.</param>
    /// <param name="isTorn">It may be torn: neither is no surprise.</param>
    public void See(BlockState state, bool isTorn)
    {
        NotOldBlocks += state is BlockState.Old or BlockState.OldAndNew ? 0 : 1;
        Seen = state switch
        {
            BlockState.Old => Seen with { Old = Seen.Old + 1 },
            BlockState.New => Seen with { New = Seen.New + 1 },
            BlockState.Unrecognized when isTorn => Seen with { Torn = Seen.Torn + 1 },
            _ => Seen,
        };
    }

    /// <summary>Notes blocks of which nothing can be seen: no undo file can have them.</summary>
    public void SeeNothing(long blocks) => NotOldBlocks += blocks;

    /// <summary>Counts blocks that are old because the target does not reach them yet.</summary>
    public void CountAbsent(long blocks) => OldBlocks += blocks;

    /// <summary>Counts what a block is taken for.</summary>
    public void Count(BlockState state, long block)
    {
        switch (state)
        {
            case BlockState.Old:
                OldBlocks++;
                break;
            case BlockState.New or BlockState.OldAndNew:
                NewBlocks++;
                break;
            case BlockState.Again:
                AgainBlocks++;
                break;
            case BlockState.Unreadable:
                Unreadable.Add(block);
                break;
            default:
                Unrecognized.Add(block);
                break;
        }
    }
}
