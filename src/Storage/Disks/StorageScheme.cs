namespace BinarySync.Storage.Disks;

/// <summary>
/// One way to name a storage: an entry of <see cref="StorageSchemes"/>. It says which names are its own, what they can be, how they are
/// opened, and where the state of such a target lies.
/// </summary>
internal abstract class StorageScheme
{
    /// <summary>What its names begin with, up to "://"; null if it takes all names that begin with nothing of that kind.</summary>
    public virtual string? Prefix => null;

    public virtual bool CanBeSource => true;

    public virtual bool CanBeTarget => true;

    /// <summary>Opens what is only read. See <see cref="StorageAccess.OpenSource"/>.</summary>
    public abstract IReadableStorage OpenSource(string name, CachePolicy cache);

    /// <summary>
    /// Opens what is patched in place, guarded as well as it can be. What cannot be looked at is refused
    /// (<see cref="StorageError.Unguarded"/>), unless that is allowed. See <see cref="StorageAccess.OpenTarget"/>.
    /// </summary>
    public abstract IWritableStorage OpenTarget(
        string name, IReadOnlyList<string> messageFiles, bool readOnly, CachePolicy cache, bool unguarded);

    /// <summary>
    /// Names a target so that it is known again whatever its name is then; begins with the kind of the name and a colon. See
    /// <see cref="State.TargetIdentity"/>.
    /// </summary>
    /// <exception cref="StorageException">As <see cref="OpenTarget"/>, if it must be looked at and cannot be.</exception>
    public abstract string Identify(string name);

    /// <summary>
    /// True if a journal cannot lie beside the target, and is kept in the state directory by <see cref="Identify"/>. Never throws.
    /// </summary>
    public abstract bool NeedsStateDirectory(string name);
}
