using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;
using Reparam.Compression.Tests.Calibration;

namespace Reparam.Compression.Tests.ShiftAdd.Nested;

/// <summary>Small layers share a table, and what is reported of them is what the file holds.</summary>
public class SharedTables_Tests
{
    private static readonly ShiftAddAttribute Options = new(3) { Layout = ShiftAddLayout.Nested };

    [Fact]
    public void Small_layers_share_a_table_and_large_ones_have_their_own()
    {
        var (report, matrices) = Compress(("a", 64, 64, 1f), ("b", 48, 172, 1e-3f), ("c", 256, 512, 1f), ("d", 64, 40, 1f));

        Assert.True(matrices["a"].Table.Entries.Span.SequenceEqual(matrices["b"].Table.Entries.Span));
        Assert.True(matrices["a"].Table.Entries.Span.SequenceEqual(matrices["d"].Table.Entries.Span));
        Assert.Equal(matrices["a"].Table.Step, matrices["d"].Table.Step);
        Assert.False(matrices["a"].Table.Entries.Span.SequenceEqual(matrices["c"].Table.Entries.Span));

        var small = matrices["a"].TableBytes;
        Assert.Equal(matrices.Values.Sum(matrix => matrix.StoredBytes) + small + matrices["c"].TableBytes, report.StoredBytes);
        Assert.Equal(report.StoredBytes * 8.0 / report.Weights, report.BitsPerWeight);
        foreach (var layer in report.Layers)
        {
            var matrix = matrices[layer.Tensor];
            var sharers = layer.Tensor == "c" ? 256 * 512 : 64 * 64 + 48 * 172 + 64 * 40;
            Assert.Equal(8.0 * matrix.StoredBytes / layer.Weights + 8.0 * matrix.TableBytes / sharers, layer.BitsPerWeight, 1e-12);
        }
    }

    [Fact]
    public void A_shared_table_serves_weights_of_any_size_alike()
    {
        var (report, _) = Compress(("a", 64, 64, 1f), ("b", 64, 64, 1e-6f), ("c", 64, 64, 1e9f), ("d", 64, 64, 1f));

        Assert.All(report.Layers, layer => Assert.InRange(layer.RelativeError, 0.11, 0.17));
    }

    [Fact]
    public void The_order_of_the_layers_does_not_matter()
    {
        var layers = new[] { "a", "b", "c" }.Select((name, index) => new SharedTableLayer(name, 64, 64, () => RandomMatrix.Gaussian(64, 64, index))).ToArray();
        var weights = RandomMatrix.Gaussian(64, 64, 1);
        var forward = ShiftAddCoder.Encode(weights, 64, 64, Options, tables: new SharedTables(layers)).Matrix;
        var backward = ShiftAddCoder.Encode(weights, 64, 64, Options, tables: new SharedTables(layers.Reverse()), threads: 1).Matrix;

        NestedMatrices.AssertSame((NestedMatrix)forward, (NestedMatrix)backward);
    }

    [Fact]
    public void A_single_small_layer_is_coded_as_if_it_were_alone()
    {
        var (_, matrices) = Compress(("a", 64, 64, 1f));

        NestedMatrices.AssertSame((NestedMatrix)ShiftAddCoder.Encode(RandomMatrix.Gaussian(64, 64, 1, 1), 64, 64, Options).Matrix, matrices["a"]);
    }

    [Theory]
    [InlineData(64, 64, true)]
    [InlineData(172, 64, true)]
    [InlineData(256, 512, false)]
    [InlineData(1024, 1024, false)]
    public void The_table_may_take_a_hundredth_of_the_matrix(int rows, int columns, bool shared) => Assert.Equal(shared, SharedTables.AreFor(rows, columns, 3));

    private static (Compression.Reports.CompressionReport Report, ImmutableDictionary<string, NestedMatrix> Matrices) Compress(params (string Name, int Rows, int Columns, float Scale)[] layers)
    {
        using var folder = new TemporaryFolder();
        var dense = folder.File("dense.safetensors");
        var packed = folder.File("packed.safetensors");
        var writer = new SafetensorsWriter();
        foreach (var ((name, rows, columns, scale), index) in layers.Select((layer, index) => (layer, index)))
        {
            writer.Add<float>(name, [rows, columns], RandomMatrix.Gaussian(rows, columns, index + 1, scale));
        }

        writer.Write(dense);
        using var checkpoint = Checkpoint.Open(dense);
        var report = CheckpointCompressor.Compress(
            checkpoint, [.. layers.Select(layer => new LayerPlan(layer.Name, new ShiftAddAttribute(Options.Bits) { Layout = Options.Layout, Seed = Options.Seed, Quality = Options.Quality }))], packed, new CompressionSettings { Threads = 1 });
        using var file = PackedFile.Open(packed);
        return (report, layers.ToImmutableDictionary(layer => layer.Name, layer => (NestedMatrix)file.ReadMatrix(layer.Name)));
    }
}
