using System.CommandLine;
using System.CommandLine.Parsing;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;

namespace Reparam.Cli.Commands;

/// <summary>The options that say how weights are coded: the method, and every option of every method, as its attribute declares it.</summary>
internal sealed class CodingArguments
{
    private const string Negation = "--no-";

    private readonly Option<string> method;
    private readonly Dictionary<string, Option> options = new(StringComparer.Ordinal);

    public CodingArguments()
    {
        method = new Option<string>("--method")
        {
            Description = $"The method: {string.Join(", ", PostTrainingMethods.All)}.",
            DefaultValueFactory = _ => PostTrainingMethods.All[0].Name,
        };
        method.AcceptOnlyFromAmong([.. PostTrainingMethods.All.Select(known => known.Name)]);
        foreach (var name in PostTrainingMethods.All.SelectMany(known => Members(known).Select(CommandName)).Distinct(StringComparer.Ordinal))
        {
            options.Add(name, Create(name));
        }
    }

    /// <param name="command">The command.</param>
    /// <param name="setsWidths">Whether something else of the command line says how many bits a weight has.</param>
    public void AddTo(Command command, Func<CommandResult, bool> setsWidths)
    {
        command.Validators.Add(result =>
        {
            foreach (var error in Errors(result, setsWidths(result)))
            {
                result.AddError(error);
            }
        });
        command.Options.Add(method);
        foreach (var option in options.Values)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Names of the options that are given and that a bit plan chooses in their place.</summary>
    public IReadOnlyList<string> Planned(ParseResult parsed)
    {
        var chosen = Method(parsed.CommandResult);
        return [.. Members(chosen).Where(member => member.IsRequired && chosen.PlannedOptions.Contains(member.Name)).Select(CommandName)
            .Where(name => IsGiven(parsed.CommandResult, name))];
    }

    /// <summary>Reads and checks them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The file that an error names.</param>
    /// <exception cref="CompressionException">A value is out of its range.</exception>
    public MethodOptions Read(ParseResult parsed, string file)
    {
        var chosen = Method(parsed.CommandResult);
        var written = new List<KeyValuePair<string, string>>();
        foreach (var member in Members(chosen))
        {
            if (IsGiven(parsed.CommandResult, CommandName(member)))
            {
                written.Add(new KeyValuePair<string, string>(member.Name, TextOf(parsed, member)));
            }
            else if (member.IsRequired && chosen.PlannedOptions.Contains(member.Name))
            {
                // A budget or a plan chooses it; the layers need some value until then.
                written.Add(new KeyValuePair<string, string>(member.Name, member.Lowest));
            }
        }

        try
        {
            return MethodOptions.Parse(chosen, written);
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With(exception.Message));
        }
    }

    private IEnumerable<string> Errors(CommandResult result, bool setsWidths)
    {
        // What is wrong with the name itself is told by the parser.
        var given = result.GetResult(method) is { Implicit: false } written
            ? written.Tokens.Select(token => token.Value).ToArray()
            : [PostTrainingMethods.All[0].Name];
        if (given.Length != 1 || PostTrainingMethods.Find(given[0]) is not { } chosen)
        {
            yield break;
        }

        var members = Members(chosen).ToDictionary(CommandName, StringComparer.Ordinal);
        foreach (var name in options.Keys.Where(name => !members.ContainsKey(name) && IsGiven(result, name)))
        {
            yield return $"The method '{chosen}' has no option '{name}'; it has {string.Join(", ", members.Keys)}.";
        }

        foreach (var (name, member) in members.Where(member => member.Value.IsRequired && !IsGiven(result, member.Key)))
        {
            if (!setsWidths || !chosen.PlannedOptions.Contains(member.Name))
            {
                yield return $"Option '{name}' is required.";
            }
        }
    }

    private PostTrainingMethod Method(CommandResult result) => PostTrainingMethods.Get(result.GetRequiredValue(method));

    private bool IsGiven(CommandResult result, string name) => result.GetResult(options[name]) is { Implicit: false };

    private string TextOf(ParseResult parsed, OptionMember member) => options[CommandName(member)] switch
    {
        Option<string?> option => parsed.GetValue(option)!,
        var turn => parsed.GetValue((Option<bool>)turn) == member.Default is not true ? "true" : "false",
    };

    // What only a plan of layers has a use for, such as layers that a budget leaves alone, is no option of a command that codes all layers alike.
    private static IEnumerable<OptionMember> Members(PostTrainingMethod method) => method.Options.Members.Where(member => !member.IsOfPlan);

    // A truth is a switch that turns the default round.
    private static string CommandName(OptionMember member) =>
        member is { IsTruth: true, Default: true } ? Negation + member.CommandName[2..] : member.CommandName;

    private static Option Create(string name)
    {
        (PostTrainingMethod Method, OptionMember Member)[] owners =
        [
            .. PostTrainingMethods.All.SelectMany(known => Members(known).Where(member => CommandName(member) == name).Select(member => (known, member))),
        ];
        var description = string.Join(" ", owners.Select(owner => $"[{owner.Method}] {Describe(owner.Member)}"));
        return owners.All(owner => owner.Member.IsTruth)
            ? new Option<bool>(name) { Description = description }
            : new Option<string?>(name) { Description = description, HelpName = HelpName(owners[0].Member) };
    }

    private static string Describe(OptionMember member)
    {
        var help = member.IsTruth && CommandName(member).StartsWith(Negation, StringComparison.Ordinal) ? $"Not so: {member.Help}" : member.Help;
        return member.IsTruth
            ? help
            : $"{help} ({member.Expected}{(member.IsRequired ? "; needed unless a budget or a plan chooses" : $"; default {member.DefaultText}")})";
    }

    private static string HelpName(OptionMember member) => member.Names.Count > 0 ? string.Join("|", member.Names) : "N";
}
