using System.CommandLine;
using System.CommandLine.Parsing;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Cli.Commands;

/// <summary>The options that say how weights are coded.</summary>
internal sealed class CodingArguments
{
    private static readonly ShiftAddOptions Defaults = new() { Bits = 1 };

    private readonly Option<string> method = new("--method") { Description = "The method.", DefaultValueFactory = _ => ShiftAddNames.Method };

    private readonly Option<int> bits = new("--bits") { Description = "Sign planes of a weight, 1 to 4. Needed unless a budget or a plan chooses.", HelpName = "B" };

    private readonly Option<string?> layout = new("--layout")
    {
        Description = "Which weights share what; auto takes the layout with the lowest measured error. If left out nested, or row with --group-size, --scale-terms or --rounds.",
    };

    private readonly Option<int> groupSize = new("--group-size")
    {
        Description = "Weights that share a set of scales in the layouts row, column and block8; 0 or -1 for the whole row or column.",
        DefaultValueFactory = _ => Defaults.GroupSize,
        HelpName = "G",
    };

    private readonly Option<int> scaleTerms = new("--scale-terms")
    {
        Description = "0 for free half-precision scales, 1 to 3 for sums of that many signed powers of two.",
        DefaultValueFactory = _ => Defaults.ScaleTerms,
        HelpName = "0..3",
    };

    private readonly Option<int> rounds = new("--rounds")
    {
        Description = "Rounds of scale refit and code reassignment, 0 to 100.",
        DefaultValueFactory = _ => Defaults.Rounds,
        HelpName = "R",
    };

    private readonly Option<string> quality = new("--quality")
    {
        Description = "How much time the coder may take.",
        DefaultValueFactory = _ => Defaults.Quality.Name(),
    };

    private readonly Option<int?> sweeps = new("--sweeps")
    {
        Description = "With calibration: rounds of scale refit and coordinate descent over the codes, 0 to 100. What the quality allows if left out.",
        HelpName = "N",
    };

    private readonly Option<bool> noActOrder = new("--no-act-order") { Description = "With calibration: code the columns in their own order, not by falling second moment of their input." };

    private readonly Option<bool> noCompensate = new("--no-compensate") { Description = "With calibration: leave the error of a column to itself; later columns do not make up for it." };

    private readonly Option<int> seed = new("--seed") { Description = "Seed of coders that draw samples (nested, codebook).", HelpName = "S" };

    public CodingArguments()
    {
        method.AcceptOnlyFromAmong(ShiftAddNames.Method);
        layout.AcceptOnlyFromAmong([.. ShiftAddNames.Layouts]);
        quality.AcceptOnlyFromAmong([.. ShiftAddNames.Qualities]);
        foreach (var number in (Option<int>[])[bits, groupSize, scaleTerms, rounds, seed])
        {
            number.AsWhole();
        }

        sweeps.AsWhole();
    }

    /// <param name="command">The command.</param>
    /// <param name="setsWidths">Whether something else of the command line says how many bits a weight has.</param>
    public void AddTo(Command command, Func<CommandResult, bool> setsWidths)
    {
        command.Validators.Add(result =>
        {
            if (result.GetResult(bits) is null && !setsWidths(result))
            {
                result.AddError("Option '--bits' is required.");
            }
        });
        foreach (var option in (Option[])[method, bits, layout, groupSize, scaleTerms, rounds, quality, sweeps, noActOrder, noCompensate, seed])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether a width for every weight is given.</summary>
    public bool HasBits(ParseResult parsed) => parsed.GetResult(bits) is { Implicit: false };

    /// <summary>Reads and checks them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The file that an error names.</param>
    /// <exception cref="CompressionException">A value is out of its range.</exception>
    public ShiftAddOptions Read(ParseResult parsed, string file)
    {
        var options = new ShiftAddOptions
        {
            Bits = parsed.GetResult(bits) is null ? Defaults.Bits : parsed.GetValue(bits),
            Layout = Layout(parsed),
            GroupSize = parsed.GetValue(groupSize) is var size && size == -1 ? 0 : size,
            ScaleTerms = parsed.GetValue(scaleTerms),
            Rounds = parsed.GetValue(rounds),
            Quality = ShiftAddNames.ParseQuality(parsed.GetRequiredValue(quality)),
            Sweeps = parsed.GetValue(sweeps),
            ActOrder = !parsed.GetValue(noActOrder),
            Compensate = !parsed.GetValue(noCompensate),
            Seed = parsed.GetValue(seed),
        };
        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With(exception.Message));
        }
    }

    private Compression.ShiftAdd.ShiftAddLayout Layout(ParseResult parsed) => parsed.GetValue(layout) is { } name
        ? ShiftAddNames.ParseLayout(name)
        : ShiftAddOptions.DefaultLayout(((Option[])[groupSize, scaleTerms, rounds]).Any(option => parsed.GetResult(option) is { Implicit: false }));
}
