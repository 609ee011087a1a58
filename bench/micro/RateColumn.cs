using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace BinarySync.Bench.Micro;

/// <summary>What <see cref="RateAttribute"/> says, a second.</summary>
internal sealed class RateColumn : IColumn
{
    private const double NanosecondsPerSecond = 1e9;

    public string Id => nameof(RateColumn);

    public string ColumnName => "Rate";

    public string Legend => "What one call does, a second";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        RateAttribute? rate = benchmarkCase.Descriptor.WorkloadMethod.GetCustomAttribute<RateAttribute>();
        double? nanoseconds = summary[benchmarkCase]?.ResultStatistics?.Mean;
        return rate is null || nanoseconds is null
            ? "-"
            : string.Create(CultureInfo.InvariantCulture, $"{rate.Amount * NanosecondsPerSecond / nanoseconds.Value:N0} {rate.Unit}/s");
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}
