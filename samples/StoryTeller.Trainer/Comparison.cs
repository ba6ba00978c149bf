using System.Collections.Immutable;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;

namespace StoryTeller.Trainer;

/// <summary>Every way to code, calibrated on text that the model writes with several seeds, and measured on text that it did not write.</summary>
/// <param name="checkpoint">The dense weights.</param>
/// <param name="measure">Measures the loss of a model file.</param>
/// <param name="size">How much text calibrates.</param>
/// <param name="steps">Told of every step.</param>
/// <param name="cancellation">Ends the work.</param>
public sealed class Comparison(string checkpoint, Func<string, double> measure, TextSize size, IProgress<string> steps, CancellationToken cancellation)
{
    /// <summary>Measures.</summary>
    /// <param name="seeds">One for each text.</param>
    /// <returns>One row for each way to code.</returns>
    public IReadOnlyList<Measurements> Run(IReadOnlyList<int> seeds)
    {
        var runs = seeds.Select(RunOne).ToList();
        return [.. runs[0].Select((row, index) => new Measurements(row.Name, [.. runs.Select(run => run[index].Model)]))];
    }

    private List<(string Name, PackedModel Model)> RunOne(int seed)
    {
        var folder = Directory.CreateTempSubdirectory("storyteller");
        try
        {
            using var model = new FloatModel(checkpoint);
            var text = OwnText.Write(LlamaRuntime.Load(checkpoint), size, seed, cancellation);
            var calibrator = new Calibrator(checkpoint, model, text, new SeedSteps(steps, seed), cancellation);
            var files = new CalibrationFiles(folder.FullName);
            files.Make(calibrator);
            return [.. Rows(calibrator, files)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private IEnumerable<(string Name, PackedModel Model)> Rows(Calibrator calibrator, CalibrationFiles files)
    {
        foreach (var planes in Codings.Planes)
        {
            var layers = calibrator.Layers(Codings.Row(planes));
            yield return ($"row, group 64, {planes} planes, data-free", Make(layers, null));
            yield return ($"row, group 64, {planes} planes, calibrated", Make(layers, files.Inputs));
        }

        foreach (var planes in Codings.Planes)
        {
            var layers = calibrator.Layers(Codings.Nested(planes));
            yield return ($"nested, {planes} planes, data-free", Make(layers, null));
            yield return ($"nested, {planes} planes, calibrated", Make(layers, files.Inputs));
            yield return ($"nested, {planes} planes, through the network", Make(layers, files.Uniform(planes)));
        }

        yield return ("nested, mixed, through the network", Make(PlanOf(files.Mixed, calibrator), files.Mixed));
    }

    private PackedModel Make(ImmutableArray<LayerPlan> layers, string? calibration) => PackedModel.Make(checkpoint, layers, calibration, measure, cancellation);

    private static ImmutableArray<LayerPlan> PlanOf(string path, Calibrator calibrator)
    {
        using var file = CalibrationFile.Open(path);
        return CalibrationPlan.Read(file)!.Apply(calibrator.Layers(Codings.Nested(Codings.UniformPlanes)), path);
    }

    private sealed class SeedSteps(IProgress<string> steps, int seed) : IProgress<string>
    {
        public void Report(string value) => steps.Report($"text {seed}, {value}");
    }
}
