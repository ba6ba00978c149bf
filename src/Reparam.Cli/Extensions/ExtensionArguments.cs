using System.CommandLine;

namespace Reparam.Cli.Extensions;

/// <summary>
/// The option <c>--extension FILE.dll</c>, which every command takes. It is read before the commands are made, because what is registered decides which
/// options they have.
/// </summary>
internal static class ExtensionArguments
{
    private const string Name = "--extension";

    /// <summary>The option as the parser knows it.</summary>
    public static Option<string[]> Create() => new(Name)
    {
        Description = "Also use the methods, formats, merges and plan steps of this .NET assembly. May be given several times.",
        HelpName = "FILE.dll",
        Recursive = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>The files that a command line names; what is wrong with the line itself is told by the parser.</summary>
    public static IEnumerable<string> Files(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count && arguments[i] != "--"; i++)
        {
            if (arguments[i] == Name && i + 1 < arguments.Count)
            {
                yield return arguments[++i];
            }
            else if (arguments[i].Length > Name.Length && arguments[i].StartsWith(Name, StringComparison.Ordinal) && arguments[i][Name.Length] is '=' or ':')
            {
                yield return arguments[i][(Name.Length + 1)..];
            }
        }
    }
}
