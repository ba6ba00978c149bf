using System.Globalization;
using Spectre.Console;

namespace StoryTeller.Trainer;

/// <summary>The verbs.</summary>
/// <param name="checkpoint">The dense weights.</param>
/// <param name="size">How much text calibrates.</param>
/// <param name="cancellation">Ends the work.</param>
public sealed class Commands(string checkpoint, TextSize size, CancellationToken cancellation)
{
    /// <summary>Makes the calibration files of the app's build.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="seed">Seed of the text.</param>
    public void Calibrate(string folder, int seed)
    {
        Directory.CreateDirectory(folder);
        using var model = new FloatModel(checkpoint);
        var text = OwnText.Write(LlamaRuntime.Load(checkpoint), size, seed, cancellation);
        new CalibrationFiles(folder).Make(new Calibrator(checkpoint, model, text, new StepLine(), cancellation));
        Console.WriteLine($"Calibration files for the build: {folder}");
    }

    /// <summary>Prints what every way to code does to the loss.</summary>
    /// <param name="seeds">One for each text that calibrates.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="stories">The text that measures.</param>
    public void Evaluate(IReadOnlyList<int> seeds, Tokenizer tokenizer, string stories)
    {
        double Measure(string file) => Evaluation.Of(LlamaRuntime.Load(file), tokenizer, stories, cancellation).NatsPerToken;
        var rows = new Comparison(checkpoint, Measure, size, new StepLine(), cancellation).Run(seeds);
        var table = new Table { Border = TableBorder.Markdown }.AddColumn("weights").AddColumn("stored bits").AddColumn("nats per token").AddColumn("spread");
        table.AddRow("float32", "32", Text(Measure(checkpoint)), "");
        foreach (var row in rows)
        {
            table.AddRow(row.Name, Text(row.StoredBits), Text(row.Mean), Text(row.Spread));
        }

        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 100);
        AnsiConsole.Write(table);
        Console.WriteLine($"Mean and spread over {seeds.Count} texts of {size.Sequences} × {size.Length} tokens that the model wrote itself. Stored bits: all bytes of the coded weights, shared tables included.");
    }

    private static string Text(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
