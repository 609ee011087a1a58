namespace BinarySync.Format.Tests.Blocks;

/// <summary>Format.md 9.1 and 9.3, with blocks of 512 bytes.</summary>
public class SyncGeometryTests
{
    private const int BlockSize = 512;

    [Theory]
    [InlineData(1024, 1024, "")] // equal
    [InlineData(1024, 1536, "2")] // a block more
    [InlineData(1024, 1025, "2")]
    [InlineData(1023, 1024, "1")] // within the last block
    [InlineData(1000, 2000, "1-3")] // from within one block
    [InlineData(1536, 1024, "2")] // shrinks by a block
    [InlineData(2000, 1000, "1-3")]
    [InlineData(0, 1, "0")]
    [InlineData(1, 0, "0")]
    [InlineData(0, 5000, "0-9")]
    [InlineData(0, 0, "")]
    public void The_tail_goes_from_the_smaller_size_to_the_end_of_the_larger(long a, long b, string tail)
    {
        BlockRun run = new SyncGeometry(a, b, BlockSize, BlockCoverage.Whole).Tail;
        Assert.Equal(tail, run.Count == 0 ? "" : run.ToString());
    }

    [Theory]
    [InlineData(1024, 1024, "")]
    [InlineData(1024, 1536, "2")]
    [InlineData(1000, 2000, "1-3")] // block 1 has two lengths
    [InlineData(1536, 1024, "")] // all of B is in A at the same lengths
    [InlineData(2000, 1000, "1")] // block 1 becomes short
    [InlineData(2000, 0, "")]
    [InlineData(0, 2000, "0-3")]
    [InlineData(1000, 1001, "1")]
    public void Blocks_of_the_tail_that_A_has_not_or_has_in_another_length_must_change(long a, long b, string blocks)
    {
        BlockRun run = new SyncGeometry(a, b, BlockSize, BlockCoverage.Whole).MustChange;
        Assert.Equal(blocks, run.Count == 0 ? "" : run.ToString());
    }

    [Theory]
    [InlineData(2048, 4096, "4-7", true, 4096)]
    [InlineData(2048, 4096, "5-7", false, 2048)]
    [InlineData(2048, 4096, "0-3", false, 2048)]
    [InlineData(2048, 4096, "0-6", false, 2048)]
    [InlineData(4096, 2048, "4-7", true, 2048)]
    [InlineData(4096, 2048, "0-3", false, 4096)]
    [InlineData(4096, 2000, "4-7", false, 4096)] // the boundary block belongs to the tail
    [InlineData(4096, 2000, "3-7", true, 2000)]
    [InlineData(2048, 2048, "0", false, 2048)]
    public void The_size_changes_where_all_of_the_tail_is_covered(long a, long b, string coverage, bool resizes, long finalSize)
    {
        SyncGeometry geometry = new(a, b, BlockSize, BlockCoverageTests.Coverage(coverage));
        Assert.Equal((resizes, finalSize), (geometry.ResizesTarget, geometry.FinalSize));
        Assert.Equal(resizes, geometry.MustChange.Count > 0 || (resizes && b < a && b % BlockSize == 0));
    }

    [Theory]
    // Both whole.
    [InlineData(2048, "whole", 2048, "whole", "whole", false)]
    [InlineData(2048, "whole", 4096, "whole", "whole", false)]
    [InlineData(0, "whole", 4096, "whole", "whole", false)]
    [InlineData(0, "whole", 0, "whole", "whole", false)]
    // A range that ends with the smaller target's end reaches past it.
    [InlineData(2048, "2-3", 4096, "2-7", "2-7", false)]
    [InlineData(4096, "2-7", 2048, "2-3", "2-7", false)]
    [InlineData(2048, "whole", 4096, "2-7", "2-7", false)]
    [InlineData(0, "whole", 4096, "2-7", "", true)] // from an empty A on, the tail is everything
    // Part of the tail is missing: the size is left, and all of the tail is taken out.
    [InlineData(2048, "2-3", 4096, "2-6", "2-3", true)]
    [InlineData(2048, "whole", 4096, "0-6", "0-3", true)]
    [InlineData(2048, "0-2", 4096, "whole", "0-2", true)]
    [InlineData(2000, "0-1,3", 4096, "0-1,3-4", "0-1", true)]
    [InlineData(1000, "1", 1001, "0", "", true)]
    [InlineData(100, "whole", 4096, "0-2", "", true)]
    // Nothing in common.
    [InlineData(4096, "0-1", 4096, "4-5", "", false)]
    // Within one block.
    [InlineData(1000, "whole", 1001, "1", "1", false)]
    [InlineData(1000, "0", 1001, "0", "0", true)]
    // Equal sizes know no tail.
    [InlineData(4096, "1-7", 4096, "0-3", "1-3", false)]
    [InlineData(4096, "1-7", 4096, "0-6", "1-6", false)]
    public void The_compared_coverage(long a, string coverageOfA, long b, string coverageOfB, string expected, bool expectSizeLeft)
    {
        SyncGeometry geometry = SyncGeometry.Compare(
            a, BlockCoverageTests.Coverage(coverageOfA), b, BlockCoverageTests.Coverage(coverageOfB), BlockSize, out bool sizeLeft);

        Assert.Equal((expected, expectSizeLeft), (geometry.Coverage.ToString(), sizeLeft));
        Assert.Equal(sizeLeft || a == b ? a : b, geometry.FinalSize);
    }
}
