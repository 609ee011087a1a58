namespace BinarySync.Reliability.Tests.Faults;

/// <summary>A test that makes faults.</summary>
public sealed class FaultFactAttribute : FactAttribute
{
    public FaultFactAttribute(string? program = null) => Skip = FaultInjector.Missing ?? (program is null ? null : Need.Program(program));
}

/// <summary>As <see cref="FaultFactAttribute"/>, with cases.</summary>
public sealed class FaultTheoryAttribute : TheoryAttribute
{
    public FaultTheoryAttribute(string? program = null) => Skip = FaultInjector.Missing ?? (program is null ? null : Need.Program(program));
}

/// <summary>A test that makes faults on loop devices.</summary>
public sealed class FaultOnDeviceTheoryAttribute : TheoryAttribute
{
    public FaultOnDeviceTheoryAttribute() => Skip = FaultInjector.Missing ?? Need.LoopDevices;
}
