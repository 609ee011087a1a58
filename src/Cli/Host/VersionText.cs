using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using BinarySync.Cli.Output;

namespace BinarySync.Cli.Host;

/// <summary>
/// The text of `--version`: the version alone on the first line, for scripts; then how the program was built and what it finds to run on.
/// </summary>
internal sealed class VersionText(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>The version of the programs.</summary>
    public static string Number { get; } =
        typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>An incomplete command line does not matter.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        string code = JitInfo.GetCompiledMethodCount() > 0 ? "compiled by .NET when it runs" : "native code";
        terminal.OwnLine(Number);
        terminal.OwnLine($"build: {code}, {RuntimeInformation.RuntimeIdentifier}");
        terminal.OwnLine($"runtime: {RuntimeInformation.FrameworkDescription}");
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        terminal.OwnLine($"processor: {string.Join(", ", [$"{Environment.ProcessorCount} CPUs", architecture, .. Features()])}");
        return ExitCode.Done;
    }

    // The features that speed up hashing, comparing and compressing.
    private static IEnumerable<string> Features() => new (string Name, bool IsThere)[]
    {
        ("SSE4.2", Sse42.IsSupported),
        ("AVX2", Avx2.IsSupported),
        ("AVX-512", Avx512F.IsSupported),
        ("NEON", AdvSimd.IsSupported),
        ("SHA-256", Sha256.IsSupported),
    }.Where(feature => feature.IsThere).Select(feature => feature.Name);
}
