namespace BinarySync.Bench.Micro;

/// <summary>How much one call of a benchmark does.</summary>
/// <param name="amount">How many of them.</param>
/// <param name="unit">"MiB", "blocks", ...</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RateAttribute(double amount, string unit) : Attribute
{
    public double Amount { get; } = amount;

    public string Unit { get; } = unit;
}
