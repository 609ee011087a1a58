using System.CommandLine;
using System.Globalization;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Arguments;

/// <summary>The option that gives outputs other permissions than their sources allow.</summary>
public static class OutputMode
{
    private const string Name = "--mode";
    private const int MostDigits = 4;

    /// <summary>Declares it, for a command that makes outputs.</summary>
    public static Option<int?> Option() => new(Name)
    {
        Description = "The permissions of the output, as for chmod [default: no wider than its source]",
        HelpName = "OCTAL",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (TryParse(text) is { } mode)
            {
                return mode;
            }

            result.AddError($"'{text}' is not a mode; write 600, 640 or 644");
            return null;
        },
    };

    /// <summary>The mode on a command line; null if there is none, or the command has no outputs.</summary>
    internal static int? Given(ParseResult result)
    {
        foreach (Option option in result.CommandResult.Command.Options)
        {
            if (option is Option<int?> mode && option.Name == Name)
            {
                return result.GetValue(mode);
            }
        }

        return null;
    }

    /// <summary>The permissions of octal digits; null if they are not octal digits, or are more than permissions.</summary>
    internal static int? TryParse(string text)
    {
        if (text.Length is 0 or > MostDigits || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
        {
            return null;
        }

        int mode = Convert.ToInt32(text, 8);
        return mode <= OutputRights.AllBits ? mode : null;
    }
}
