using BinarySync.Storage.Files;

namespace BinarySync.Storage.Tests;

/// <summary>Windows has disks and volumes below the same root as files.</summary>
public sealed class WindowsNamesTests
{
    [Theory]
    [InlineData(@"\\.\PhysicalDrive0")]
    [InlineData(@"\\.\C:")]
    [InlineData(@"\\.\NUL")]
    [InlineData(@"\\.\pipe\name")]
    [InlineData(@"\\?\C:")]
    [InlineData(@"\\?\C:\")]
    [InlineData(@"\\?\PhysicalDrive0")]
    [InlineData(@"\\?\GLOBALROOT\Device\Harddisk0\Partition1")]
    [InlineData(@"\\?\Volume{4c1b02c4-d990-11dc-99ae-806e6f6e6963}")]
    [InlineData(@"\\?\Volume{4c1b02c4-d990-11dc-99ae-806e6f6e6963}\")]
    public void A_device_is_known_by_its_name(string full) => Assert.True(WindowsNames.IsDevice(full));

    [Theory]
    [InlineData(@"C:\disk.img")]
    [InlineData(@"\\server\share\disk.img")]
    [InlineData(@"\\?\C:\disk.img")]
    [InlineData(@"\\?\UNC\server\share\disk.img")]
    [InlineData(@"\\?\unc\server\share\disk.img")]
    [InlineData(@"\\?\Volume{4c1b02c4-d990-11dc-99ae-806e6f6e6963}\disk.img")]
    [InlineData(@"/disk.img")]
    public void A_file_is_not(string full) => Assert.False(WindowsNames.IsDevice(full));
}
