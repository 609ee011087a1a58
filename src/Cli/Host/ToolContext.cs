using System.CommandLine;
using System.CommandLine.Help;
using BinarySync.Cli.Output;
using BinarySync.Format;

namespace BinarySync.Cli.Host;

/// <summary>What the actions of a program are told.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Terminal">Where it speaks.</param>
/// <param name="Cancellation">Ends it between two steps.</param>
public sealed record ToolContext(string Name, Terminal Terminal, CancellationToken Cancellation);
