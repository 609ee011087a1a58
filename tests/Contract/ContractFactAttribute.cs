using Xunit.Abstractions;
using Xunit.Sdk;

namespace BinarySync.Tests.Contract;

/// <summary>
/// A test of the contract. It is skipped, and says why, if the class of the storage needs something that is not there
/// (<see cref="NeedsAttribute"/>).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("BinarySync.Tests.Contract.ContractFactDiscoverer", "BinarySync.Tests.Contract")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>What a storage cannot be tried without.</summary>
/// <param name="missing">Null if it is there, else what is missing.</param>
[AttributeUsage(AttributeTargets.Class)]
public abstract class NeedsAttribute(string? missing) : Attribute
{
    public string? Missing => missing;
}

/// <summary>A storage of Linux alone.</summary>
public sealed class NeedsLinuxAttribute() : NeedsAttribute(Need.Linux);

/// <summary>A storage on a loop device, which only root can make.</summary>
public sealed class NeedsLoopDevicesAttribute() : NeedsAttribute(Need.Linux ?? Need.LoopDevices);

/// <summary>Makes a test case of a contract's method and the class of a storage.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractTestCase(
            DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>A test case that asks the class what it needs.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    [Obsolete("For the runner, which fills it.", error: true)]
    public ContractTestCase()
    {
    }

    public ContractTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute)
            ?? TestMethod.TestClass.Class.ToRuntimeType()
                .GetCustomAttributes(inherit: true)
                .OfType<NeedsAttribute>()
                .FirstOrDefault()?.Missing;
}
