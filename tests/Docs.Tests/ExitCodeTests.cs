using System.Reflection;
using BinarySync.Cli.Host;

namespace BinarySync.Docs.Tests;

/// <summary>The Manual's table of exit codes, against the constants.</summary>
public class ExitCodeTests
{
    [Fact]
    public void The_manual_lists_all_exit_codes()
    {
        IEnumerable<string> documented = Document.Rows(Manual.Below("## Exit codes")).Select(row => row[0]);
        IEnumerable<string> constants = typeof(ExitCode)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (field.Name, Value: (int)field.GetRawConstantValue()!))
            .OrderBy(code => code.Value)
            .Select(code => code.Name == nameof(ExitCode.SignalBase) ? $"{code.Value} + n" : $"{code.Value}");
        Assert.Equal(constants, documented);
    }
}
