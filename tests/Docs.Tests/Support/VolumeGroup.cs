using BinarySync.Tests.Support;

namespace BinarySync.Docs.Tests.Support;

/// <summary>
/// A volume group of loop devices under /dev, with one volume, "data", and as much of <c>lvcreate</c> and <c>lvremove</c> as a recipe
/// types: for kernels without device mapper. A snapshot is a copy, and the volume is written to as soon as it is made.
/// </summary>
internal sealed class VolumeGroup : IDisposable
{
    private readonly string _directory;
    private readonly LoopDevice _volume;

    /// <param name="recipe">Where the stand-ins go.</param>
    /// <param name="image">The content of the volume.</param>
    public VolumeGroup(Recipe recipe, string image)
    {
        Name = $"binarysync-test-{Guid.NewGuid():N}";
        _directory = Directory.CreateDirectory($"/dev/{Name}").FullName;
        _volume = new LoopDevice(recipe[image]);
        File.CreateSymbolicLink($"{_directory}/data", _volume.Path);
        recipe.StandIn("lvcreate", $$"""
            [[ "$*" == "--snapshot --size 10G --name data-sync {{Name}}/data" ]] || { echo "lvcreate $*?"; exit 3; }
            cp {{recipe[image]}} {{recipe["snapshot.img"]}}
            ln -s "$(flock /dev/loop-control losetup --find --show {{recipe["snapshot.img"]}})" {{_directory}}/data-sync
            printf 'written after the snapshot' | dd of={{_directory}}/data bs=1 seek=3M conv=notrunc,fsync status=none
            """);
        recipe.StandIn("lvremove", $$"""
            [[ "$*" == "--yes {{Name}}/data-sync" ]] || { echo "lvremove $*?"; exit 3; }
            losetup --detach "$(readlink {{_directory}}/data-sync)" && rm {{_directory}}/data-sync
            """);
    }

    /// <summary>What stands before the slash.</summary>
    public string Name { get; }

    /// <summary>Whether a snapshot was left.</summary>
    public bool HasSnapshot => Path.Exists($"{_directory}/data-sync");

    public void Dispose()
    {
        if (HasSnapshot)
        {
            Command.Demand("losetup", "--detach", new FileInfo($"{_directory}/data-sync").LinkTarget!);
        }

        _volume.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
