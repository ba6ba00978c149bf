using System.Collections.Immutable;
using System.CommandLine;
using Reparam.Merging;

namespace Reparam.Cli.Commands;

/// <summary>
/// The options of all operations on the command line. Two operations may have an option of one name; the command line has it once, and its help says what
/// it is for each.
/// </summary>
internal sealed class MergeOptions
{
    private readonly ImmutableArray<(string Name, Option<string?> Option)> options;

    public MergeOptions(ImmutableArray<CheckpointOperation> operations)
    {
        options =
        [
            .. operations.SelectMany(operation => operation.Options.Select(option => (Operation: operation.Name, Option: option)))
                .GroupBy(use => use.Option.Name, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => (group.Key, new Option<string?>($"--{group.Key}") { Description = Describe(group), HelpName = "VALUE" })),
        ];
    }

    public void AddTo(Command command)
    {
        foreach (var (_, option) in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was given, as text.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Read(ParseResult parsed) =>
        [.. options.Where(option => parsed.GetValue(option.Option) is not null)
            .Select(option => new KeyValuePair<string, string>(option.Name, parsed.GetValue(option.Option)!))];

    // One line for those that are alike: "dare, ties: …".
    private static string Describe(IEnumerable<(string Operation, OperationOption Option)> uses) => string.Join(" ", uses
        .GroupBy(use => Describe(use.Option), StringComparer.Ordinal)
        .Select(group => $"{string.Join(", ", group.Select(use => use.Operation))}: {group.Key}"));

    private static string Describe(OperationOption option)
    {
        var help = option.Help.Length == 0 ? "" : option.Help + " ";
        return $"{help}({option.DescribeValues()}{(option.Default.Length == 0 ? "" : $"; {option.Default} if left out")})";
    }
}
