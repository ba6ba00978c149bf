using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Training;
using static TorchSharp.torch;

namespace StoryTeller.Trainer;

/// <summary>Makes calibration files of a text.</summary>
/// <param name="checkpoint">The dense weights.</param>
/// <param name="model">The same weights under TorchSharp.</param>
/// <param name="text">Sequences of tokens.</param>
/// <param name="steps">Told of every step.</param>
/// <param name="cancellation">Ends the work.</param>
public sealed class Calibrator(string checkpoint, FloatModel model, IReadOnlyList<long[]> text, IProgress<string> steps, CancellationToken cancellation)
{
    // Sequences that divergences are measured on: a few thousand predictions tell the layers apart.
    private const int MeasuredSequences = 12;

    private static readonly SequentialOptions Residuals = new SequentialOptions()
        .Residual("layers.*.attention.wo", streamInputOf: "layers.*.attention_norm")
        .Residual("layers.*.feed_forward.w2", streamInputOf: "layers.*.ffn_norm");

    private IReadOnlyList<long[]> Measured => [.. text.Take(MeasuredSequences)];

    /// <summary>The annotated layers, each coded in one way.</summary>
    public ImmutableArray<LayerPlan> Layers(MethodOptions options) => model.Llama.CompressionPlan(_ => options);

    /// <summary>Records the second moments of every annotated layer's inputs.</summary>
    /// <param name="path">The calibration file to write.</param>
    public void Record(string path)
    {
        steps.Report("inputs of the layers");
        using var noGrad = no_grad();
        using var recorder = CalibrationRecorder.Attach(model.Llama);
        foreach (var tokens in text)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            model.Logits(tokens);
        }

        recorder.Save(path, checkpoint, cancellation);
    }

    /// <summary>Measures what the coding of each layer alone costs the model's predictions, and adds it to a calibration file.</summary>
    /// <param name="path">A calibration file with the inputs.</param>
    public void AddSensitivities(string path)
    {
        CalibrationWriter writer;
        using (var file = CalibrationFile.Open(path, threads: 1, cancellation))
        {
            var found = model.Llama.MeasureSensitivity(
                [.. Layers(Codings.Nested(Codings.UniformPlanes)).Select(layer => layer.Tensor)], [.. Codings.Planes.Select(planes => MethodOptions.Of(Codings.Nested(planes)))], Measured, model.Logits,
                file, new Steps("sensitivity", steps), cancellation);
            writer = CalibrationWriter.Of(file);
            writer.Sensitivity = found.ToCalibration();
            writer.Write(path + ".new", cancellation);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Chooses a width for each layer, within the size of the mixed plan.</summary>
    /// <param name="path">A calibration file with sensitivities.</param>
    public ImmutableArray<LayerPlan> Mix(string path)
    {
        using var file = CalibrationFile.Open(path, threads: 1, cancellation);
        using var weights = Checkpoint.Open(checkpoint);
        var allocation = new AllocationSettings
        {
            Budget = new AllocationBudget { TargetBits = Codings.MixedBits },
            Cost = AllocationCost.Divergence,
            Sensitivities = Sensitivities.Parse(file.Sensitivity!, path),
        };
        return BitAllocator.Allocate(
            weights, Layers(Codings.Nested(Codings.UniformPlanes)), new CompressionSettings { Calibration = file }, allocation, cancellation: cancellation).Layers;
    }

    /// <summary>Codes the layers one behind the other.</summary>
    /// <param name="layers">How each is coded.</param>
    /// <param name="path">The calibration file to write, with inputs, targets and plan.</param>
    /// <returns>Divergence of the model's predictions with all of them coded, nats a token.</returns>
    public double CompressSequentially(ImmutableArray<LayerPlan> layers, string path)
    {
        var result = model.Llama.CompressSequentially(layers, text, tokens => model.Logits(tokens), Residuals, new Steps("through the network", steps), cancellation);
        var writer = result.ToCalibration();
        using (var weights = Checkpoint.Open(checkpoint))
        {
            writer.SourceHash = WeightHash.Compute(weights, cancellation);
        }

        writer.Write(path, cancellation);
        return model.Llama.MeasureDivergence(
            result.Layers.ToDictionary(layer => layer.Plan.Tensor, layer => (ReadOnlyMemory<float>)layer.Coded.Matrix.Decode()), Measured, model.Logits, cancellation);
    }

    /// <summary>Goes through the network with a mixed plan, and keeps the uniform plan where that measures better.</summary>
    /// <param name="inputs">A calibration file with sensitivities.</param>
    /// <param name="uniform">The calibration file of the uniform plan.</param>
    /// <param name="uniformDivergence">What the uniform plan measured.</param>
    /// <param name="path">The calibration file to write.</param>
    /// <returns>The layers of the plan that was kept.</returns>
    public ImmutableArray<LayerPlan> CompressMixed(string inputs, string uniform, double uniformDivergence, string path)
    {
        var mixed = Mix(inputs);
        var divergence = CompressSequentially(mixed, path);
        if (divergence <= uniformDivergence)
        {
            return mixed;
        }

        steps.Report($"the mixed plan is dropped: the model diverges by {divergence:F4} nats a token with it, by {uniformDivergence:F4} with {Codings.UniformPlanes} planes in every layer");
        File.Copy(uniform, path, overwrite: true);
        return Layers(Codings.Nested(Codings.UniformPlanes));
    }

    private sealed class Steps(string what, IProgress<string> steps) : IProgress<SequentialProgress>
    {
        public void Report(SequentialProgress value) => steps.Report($"{what}: {value.Done} of {value.Total} layers");
    }
}
