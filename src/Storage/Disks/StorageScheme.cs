namespace BinarySync.Storage.Disks;

/// <summary>
/// One way to name a storage: an entry of <see cref="StorageSchemes"/>. It says which names are its own, what they can be, how they are
/// opened, and where the state of such a target lies.
/// </summary>
internal abstract class StorageScheme
{
    /// <summary>The beginning of its names, up to "://"; null if it takes all names that have no such beginning.</summary>
    public virtual string? Prefix => null;

    public virtual bool CanBeSource => true;

    public virtual bool CanBeTarget => true;

    /// <summary>Opens a storage that is only read. See <see cref="StorageAccess.OpenSource"/>.</summary>
    public abstract IReadableStorage OpenSource(string name, CachePolicy cache);

    /// <summary>
    /// Opens a storage that is patched in place, guarded as well as it can be. If something cannot be checked, it is refused
    /// (<see cref="StorageError.Unguarded"/>), unless that is allowed. See <see cref="StorageAccess.OpenTarget"/>.
    /// </summary>
    public abstract IWritableStorage OpenTarget(
        string name, IReadOnlyList<string> messageFiles, bool readOnly, CachePolicy cache, bool unguarded);

    /// <summary>
    /// Names a target so that it is recognised later, even under another name. Begins with the kind of the name and a colon. See
    /// <see cref="State.TargetIdentity"/>.
    /// </summary>
    /// <exception cref="StorageException">As <see cref="OpenTarget"/>, if it must be checked and cannot be.</exception>
    public abstract string Identify(string name);

    /// <summary>
    /// True if a journal cannot lie beside the target, and is kept in the state directory by <see cref="Identify"/>. Never throws.
    /// </summary>
    public abstract bool NeedsStateDirectory(string name);
}
