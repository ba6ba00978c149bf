using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Calibration;

/// <summary>What a sequential run leaves for the build: coding its file's targets gives the codes that it had.</summary>
public sealed class SequentialPlanTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sequential");

    public static TheoryData<string, ShiftAddAttribute> Codings => new()
    {
        { "row", new ShiftAddAttribute(2) { GroupSize = 8, Layout = ShiftAddLayout.Row } },
        { "column", new ShiftAddAttribute(2) { GroupSize = 8, Layout = ShiftAddLayout.Column } },
        { "nested", new ShiftAddAttribute(2) { Layout = ShiftAddLayout.Nested } },
        { "nested", new ShiftAddAttribute(3) { Layout = ShiftAddLayout.Nested, Quality = CodingQuality.Fast, Seed = 5 } },
    };

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Codings))]
    public void The_compressor_codes_what_the_run_coded(string layout, ShiftAddAttribute options)
    {
        manual_seed(6);
        using var net = new ResidualNet(width: 24, hidden: 40);
        var dense = File("dense");
        net.ExportDense(dense);
        ImmutableArray<LayerPlan> layers = [.. net.Weights.Select(tensor => new LayerPlan(tensor, options))];
        var run = net.CompressSequentially(
            layers, Batches(), batch => net.call(batch), new SequentialOptions { Threads = 1 }.Residual("blocks.*.down", streamInputOf: "blocks.*.norm"));
        run.ToCalibration().Write(File("calibration"));

        using var checkpoint = Checkpoint.Open(dense);
        using var calibration = CalibrationFile.Open(File("calibration"));
        var planned = CalibrationPlan.Read(calibration)!.Apply([.. layers.Select(layer => layer with { Options = new ShiftAddAttribute(4) })], calibration.Path);
        Assert.Equal(layers.AsEnumerable(), planned);
        CheckpointCompressor.Compress(checkpoint, planned, File("packed"), new CompressionSettings { Threads = 2, Calibration = calibration });

        using var packed = PackedFile.Open(File("packed"));
        Assert.Equal(layout, packed.ReadMatrix("head.weight").Format.Name);
        foreach (var layer in run.Layers)
        {
            Assert.Equal(layer.Coded.Matrix.Decode(), packed.ReadMatrix(layer.Plan.Tensor).Decode());
        }
    }

    [Fact]
    public void An_embedding_is_coded_by_its_weights_alone_and_its_outputs_run_on()
    {
        using var net = new EmbeddingNet();
        ImmutableArray<LayerPlan> layers = [new("table.weight", new ShiftAddAttribute(1) { GroupSize = 8, Layout = ShiftAddLayout.Row }), new("head.weight", new ShiftAddAttribute(3) { GroupSize = 8, Layout = ShiftAddLayout.Row })];
        var run = net.CompressSequentially(layers, [tensor(new long[] { 1, 5, 2, 9, 0, 3 })], batch => net.call(batch));
        Assert.Equal(["table.weight", "head.weight"], run.Layers.Select(layer => layer.Plan.Tensor));
        Assert.Null(run.Layers[0].Calibration);
        Assert.NotNull(run.Layers[1].Calibration!.Target);
    }

    private static List<Tensor> Batches() => [.. Enumerable.Range(0, 3).Select(_ => randn(1, 40, 24))];

    private string File(string name) => Path.Combine(folder.FullName, name + ".safetensors");
}
