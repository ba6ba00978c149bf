using System.CommandLine;
using System.CommandLine.Parsing;
using Reparam.Build.Text;
using Reparam.Compression.Allocation;
using Reparam.Compression.Diagnostics;

namespace Reparam.Cli.Commands;

/// <summary>The options that let widths differ from layer to layer.</summary>
internal sealed class BudgetArguments
{
    private readonly Option<string?> targetBits = new("--target-bits")
    {
        Description = "Choose a width for each weight: at most X stored bits a coded weight in all, scales and tables included.",
        HelpName = "X",
    };

    private readonly Option<string?> targetSize = new("--target-size")
    {
        Description = "The same with a limit on the bytes of all coded weights, such as 12MB, 800KiB or 123456.",
        HelpName = "SIZE",
    };

    private readonly Option<string?> maxOutputError = new("--max-output-error")
    {
        Description = "Choose each weight's smallest width whose relative output error (weight error without calibration) is at most E.",
        HelpName = "E",
    };

    private readonly Option<string?> cost = new("--cost")
    {
        Description = "What a budget makes small. The model's divergence if the calibration has it, else the layers' output errors, if left out.",
    };

    private readonly Option<string?> plan = new("--plan") { Description = "Take layouts and widths from a saved plan.", HelpName = "FILE" };

    public BudgetArguments() => cost.AcceptOnlyFromAmong([.. AllocationCosts.Names]);

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[targetBits, targetSize, maxOutputError, cost, plan])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The budget; null where none is given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The file that an error names.</param>
    /// <exception cref="CompressionException">Two budgets, a budget and a plan, or a value out of its range.</exception>
    public AllocationSettings? Read(ParseResult parsed, string file)
    {
        try
        {
            var budget = new AllocationBudget
            {
                TargetBits = NumberArguments.AboveZero("target-bits", parsed.GetValue(targetBits)),
                TargetBytes = parsed.GetValue(targetSize) is { } size ? ByteSize.Parse(size) : null,
                MaxOutputError = NumberArguments.AboveZero("max-output-error", parsed.GetValue(maxOutputError)),
            };
            if (budget == new AllocationBudget())
            {
                return null;
            }

            budget.Validate();
            if (Plan(parsed) is not null)
            {
                throw new ArgumentException("plan and a budget are given; a saved plan has its widths already");
            }

            return new AllocationSettings
            {
                Budget = budget,
                Cost = parsed.GetValue(cost) is { } name ? AllocationCosts.Parse(name) : null,
            };
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With(exception.Message));
        }
    }

    /// <summary>Warns of options that the others leave without effect.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="planned">Options that are given and that a budget chooses in their place.</param>
    /// <param name="hasBudget">Whether it has a budget.</param>
    public IEnumerable<CompressionProblem> Warnings(ParseResult parsed, IReadOnlyList<string> planned, bool hasBudget)
    {
        foreach (var option in hasBudget ? planned : [])
        {
            yield return CompressionDiagnostics.WithoutEffect.With(option, "the budget chooses it for each weight");
        }

        if (parsed.GetValue(cost) is not null && !hasBudget)
        {
            yield return CompressionDiagnostics.WithoutEffect.With("--cost", "there is no budget that it belongs to, such as --target-bits");
        }
    }

    /// <summary>The saved plan; null where none is given.</summary>
    public string? Plan(ParseResult parsed) => parsed.GetValue(plan);

    /// <summary>Whether widths come from a budget or a plan.</summary>
    public bool SetsWidths(CommandResult result) =>
        ((Option[])[targetBits, targetSize, maxOutputError, plan]).Any(option => result.GetResult(option) is not null);
}
