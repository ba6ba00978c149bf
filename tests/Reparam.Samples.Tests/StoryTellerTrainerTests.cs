using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Training;
using StoryTeller;
using StoryTeller.Trainer;

namespace Reparam.Samples.Tests;

/// <summary>What StoryTeller's trainer makes, on as little text as it takes.</summary>
[Collection(TorchSharpAlone.Name)]
public sealed class StoryTellerTrainerTests : IDisposable
{
    private static readonly string Weights = StoryTeller.ModelFile.Of(32).Path;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("storyteller");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_model_writes_the_same_text_for_the_same_seed()
    {
        var model = LlamaRuntime.Load(Weights);
        var text = OwnText.Write(model, new TextSize(2, 30), seed: 5);
        Assert.Equal(text, OwnText.Write(model, new TextSize(2, 30), seed: 5));
        Assert.NotEqual(text, OwnText.Write(model, new TextSize(2, 30), seed: 6));
        Assert.All(text, tokens => Assert.Equal((30, Tokenizer.BeginOfSequence), (tokens.Length, tokens[0])));
    }

    [Fact]
    public void Going_through_the_network_gives_a_plan_that_the_compressor_follows()
    {
        using var model = new FloatModel(Weights);
        var text = OwnText.Write(LlamaRuntime.Load(Weights), new TextSize(4, 64), seed: 1);
        var calibrator = new Calibrator(Weights, model, text, new Progress<string>(), CancellationToken.None);
        var layers = calibrator.Layers(MethodOptions.Of(Codings.Nested(2)).With("quality", CodingQuality.Fast));
        var path = Path.Combine(folder.FullName, "calibration");
        var divergence = calibrator.CompressSequentially(layers, path);

        using var file = CalibrationFile.Open(path);
        Assert.Equal(35, file.Layers.Count);
        Assert.Equal(32, file.Layers.Values.Count(layer => layer.Target is not null));    // all but the three that see the embedding itself
        Assert.Equal(layers.AsEnumerable(), CalibrationPlan.Read(file)!.Apply(calibrator.Layers(Codings.Row(4)), path));

        var alone = model.Llama.MeasureSensitivity(["layers.0.attention.wq.weight"], [MethodOptions.Of(Codings.Nested(2)).With("quality", CodingQuality.Fast)], text, model.Logits, file);
        Assert.InRange(alone[0].Cost, 0, divergence);
        Assert.InRange(PackedModel.Make(Weights, layers, path, _ => 0, CancellationToken.None).StoredBits, 2.3, 2.5);
    }
}
