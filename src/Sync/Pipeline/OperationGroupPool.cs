using BinarySync.Format;

namespace BinarySync.Sync.Pipeline;

/// <summary>
/// Groups that are reused once no slot of the pipeline refers to them. To be used while slots are filled: by one thread at a time.
/// </summary>
/// <param name="isInUse">True while a slot refers to the group.</param>
internal sealed class OperationGroupPool(Func<OperationGroup, bool> isInUse)
{
    private readonly List<OperationGroup> _groups = [];

    /// <summary>
    /// A group to be filled: the first free one, or a new one. There is never more than one group more than there are slots.
    /// </summary>
    /// <param name="other">Not this one.</param>
    public OperationGroup Take(OperationGroup? other = null)
    {
        OperationGroup? free = _groups.Find(group => group != other && !isInUse(group));
        if (free is null)
        {
            free = new OperationGroup();
            _groups.Add(free);
        }

        return free;
    }
}
