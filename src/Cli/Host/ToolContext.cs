using System.CommandLine;
using System.CommandLine.Help;
using BinarySync.Cli.Output;
using BinarySync.Format;

namespace BinarySync.Cli.Host;

/// <summary>The context of a program's actions.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Terminal">Takes the output.</param>
/// <param name="Cancellation">Ends it between two steps.</param>
public sealed record ToolContext(string Name, Terminal Terminal, CancellationToken Cancellation);
