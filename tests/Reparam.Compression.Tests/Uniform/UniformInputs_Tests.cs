using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Cache;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.Tests.Calibration;

namespace Reparam.Compression.Tests.Uniform;

/// <summary>The grid of rounded inputs, from the state of a checkpoint into the packed file and back.</summary>
public sealed class UniformInputs_Tests : IDisposable
{
    private const string Scale = UniformInputState.ScaleName;
    private const string Zero = UniformInputState.ZeroName;

    private static readonly UniformAttribute PerTensor = new(8) { Activations = 8 };
    private static readonly UniformAttribute PerChannel = new(4) { GroupSize = 8, Activations = 8, ActivationsPerChannel = true };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_state_goes_into_the_coded_weight_and_comes_back_with_the_dense_one()
    {
        using var checkpoint = Write();
        var report = Compress(checkpoint, new("a.weight", PerTensor), new("conv.weight", PerChannel));
        Assert.Equal(["a.weight", "conv.weight"], report.Layers.Select(layer => layer.Tensor));
        Assert.Equal(["a.bias"], report.Copied.Select(tensor => tensor.Tensor));
        using var packed = PackedFile.Open(folder.File("p.safetensors"));
        Assert.Equal(["a.bias"], packed.CopiedNames);
        var inputs = Inputs(packed, "a.weight");
        Assert.Equal([0.5f], inputs.Scales.ToArray());
        Assert.Equal([128], inputs.ZeroPoints.ToArray());
        inputs = Inputs(packed, "conv.weight");
        Assert.Equal([0.25f, 2], inputs.Scales.ToArray());
        Assert.Equal([0, 255], inputs.ZeroPoints.ToArray());
        Assert.All(packed.Layers.Values, spec => Assert.True(spec.RoundsInputs));
        packed.VerifyCanaries();

        CheckpointDecompressor.Decompress(packed, folder.File("back.safetensors"));
        using var back = Checkpoint.Open(folder.File("back.safetensors"));
        Assert.Equal(checkpoint.Names.Order(StringComparer.Ordinal), back.Names.Order(StringComparer.Ordinal));
        foreach (var name in checkpoint.Names.Where(name => name.Contains("reparam", StringComparison.Ordinal)))
        {
            Assert.Equal(checkpoint.ReadSingles(name), back.ReadSingles(name));
        }

        // And it is coded again in the same way.
        CheckpointCompressor.Compress(back, [new("a.weight", PerTensor), new("conv.weight", PerChannel)], folder.File("again.safetensors"), new CompressionSettings());
        using var again = PackedFile.Open(folder.File("again.safetensors"));
        Assert.Equal(Inputs(packed, "conv.weight").Scales.ToArray(), Inputs(again, "conv.weight").Scales.ToArray());
    }

    [Fact]
    public void A_layer_without_its_state_is_refused_before_any_work()
    {
        using var checkpoint = Write(name => name != "a." + Zero);
        var problems = Assert.Throws<CompressionException>(() => Compress(checkpoint, new("a.weight", PerTensor), new("conv.weight", PerChannel))).Problems;
        var problem = Assert.Single(problems);
        Assert.Equal("RPB0123", problem.Diagnostic.Id);
        Assert.Contains($"'a.weight' is coded by uniform, which reads state of the layer beside it: found no 'a.{Zero}'", problem.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("p.safetensors")));

        // An embedding has no inputs.
        Compress(checkpoint, new LayerPlan("a.weight", PerTensor) { IsLookedUp = true });
        using var packed = PackedFile.Open(folder.File("p.safetensors"));
        Assert.False(packed.Layers["a.weight"].RoundsInputs);
    }

    [Theory]
    [InlineData(true, new[] { 0.5f, 1 }, new[] { 1f, 2 }, "'reparam.uniform.input_scale' has 2 values, expected 1: the annotation says one for all inputs")]
    [InlineData(false, new[] { 0.5f }, new[] { 1f }, "'reparam.uniform.input_scale' has 1 values, expected 2: the annotation says one for each input channel")]
    [InlineData(false, new[] { 0.5f, 1 }, new[] { 1f }, "'reparam.uniform.input_zero' has 1 values, expected 2")]
    [InlineData(false, new[] { 0.5f, 0 }, new[] { 1f, 2 }, "'reparam.uniform.input_scale' has 0, expected finite numbers above 0")]
    [InlineData(false, new[] { 0.5f, float.NaN }, new[] { 1f, 2 }, "'reparam.uniform.input_scale' has NaN, expected finite numbers above 0")]
    [InlineData(false, new[] { 0.5f, 1 }, new[] { 1f, 256 }, "'reparam.uniform.input_zero' has 256, expected whole numbers from 0 to 255")]
    [InlineData(false, new[] { 0.5f, 1 }, new[] { 1f, 0.5f }, "'reparam.uniform.input_zero' has 0.5, expected whole numbers from 0 to 255")]
    public void State_that_is_no_grid_is_refused(bool isOne, float[] scales, float[] zeros, string expected)
    {
        var job = Job(isOne ? PerTensor : PerChannel, scales, zeros);
        var refused = Assert.Throws<UncodableLayerException>(() => Sessions(job).Encode(job));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cache_tells_one_grid_from_another_and_keeps_those_of_convolutions()
    {
        var cache = new CodingCache(folder.File("cache"));
        var job = Job(PerChannel, [0.5f, 1], [1, 2]);
        var other = Job(PerChannel, [0.5f, 1], [1, 3]);
        var (first, second) = (Sessions(job).Encode(job, cache), Sessions(other).Encode(other, cache));
        Assert.False(second.IsCached);
        var again = Sessions(job).Encode(job, new CodingCache(folder.File("cache")));
        Assert.True(again.IsCached);
        Assert.Equal([1, 2], Assert.IsType<UniformMatrix>(again.Matrix).Inputs!.ZeroPoints.ToArray());
        Assert.Equal([1, 3], Assert.IsType<UniformMatrix>(second.Matrix).Inputs!.ZeroPoints.ToArray());
        Assert.Equal(first.Matrix.Decode(), again.Matrix.Decode());
    }

    [Fact]
    public void A_weight_that_would_grow_is_coded_all_the_same()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("tiny.weight", [1, 2], new float[] { 1, 2 });
        writer.Add<float>("tiny." + Scale, [1], new float[] { 1 });
        writer.Add<float>("tiny." + Zero, [1], new float[] { 0 });
        writer.Write(folder.File("d.safetensors"));
        using var checkpoint = Checkpoint.Open(folder.File("d.safetensors"));
        Assert.Empty(Compress(checkpoint, new LayerPlan("tiny.weight", PerTensor)).Grown);
        using var packed = PackedFile.Open(folder.File("p.safetensors"));
        Assert.True(packed.Layers["tiny.weight"].RoundsInputs);
    }

    private static UniformInputs Inputs(PackedFile packed, string weight) => Assert.IsType<UniformMatrix>(packed.ReadMatrix(weight)).Inputs!;

    private static CodingSessions Sessions(LayerJob job) => new([new SessionLayer(job.Tensor, job.Rows, job.Columns, job.Options, () => job.Weights)]);

    private static LayerJob Job(UniformAttribute options, float[] scales, float[] zeros) => new("w", Weights(6 * 18), 6, 18, options)
    {
        Channels = 2,
        State = new Dictionary<string, ReadOnlyMemory<float>> { [Scale] = scales, [Zero] = zeros },
    };

    private static float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i))];

    private ICheckpoint Write(Func<string, bool>? isThere = null)
    {
        var writer = new SafetensorsWriter();
        void Add(string name, long[] shape, float[] values)
        {
            if (isThere is null || isThere(name))
            {
                writer.Add<float>(name, shape, values);
            }
        }

        Add("a.weight", [20, 24], Weights(20 * 24));
        Add("a.bias", [20], Weights(20));
        Add("a." + Scale, [1], [0.5f]);
        Add("a." + Zero, [1], [128]);
        Add("conv.weight", [6, 2, 3, 3], Weights(6 * 18));
        Add("conv." + Scale, [2], [0.25f, 2]);
        Add("conv." + Zero, [2], [0, 255]);
        writer.Write(folder.File("d.safetensors"));
        return Checkpoint.Open(folder.File("d.safetensors"));
    }

    private Reports.CompressionReport Compress(ICheckpoint checkpoint, params LayerPlan[] layers) =>
        CheckpointCompressor.Compress(checkpoint, [.. layers], folder.File("p.safetensors"), new CompressionSettings());
}
