using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Allocation;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.Tests.Calibration;
using Reparam.Compression.Tests.ShiftAdd;
using AskedLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests;

/// <summary>A weight that takes no less space coded is copied, and the report says why each tensor is.</summary>
public sealed class CopiedTensors_Tests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(DType.F32, AskedLayout.Column, 3, 2, false)]
    [InlineData(DType.F16, AskedLayout.Column, 4, 0, false)]
    [InlineData(DType.F32, AskedLayout.Column, 1, 1, true)]
    [InlineData(DType.F32, AskedLayout.Row, 3, 2, true)]
    [InlineData(DType.BF16, AskedLayout.Nested, 4, 0, true)]
    public void A_weight_that_would_grow_is_copied_as_it_is(DType type, AskedLayout layout, int bits, int terms, bool isCoded)
    {
        using var checkpoint = Write(type, ("lin.weight", 1, 64), ("wide.weight", 32, 64));
        var options = new ShiftAddAttribute(bits) { Layout = layout, ScaleTerms = terms, GroupSize = 32 };
        var report = Compress(checkpoint, [new("lin.weight", options), new("wide.weight", options)]);

        using var packed = PackedFile.Open(folder.File("p.safetensors"));
        Assert.Equal(isCoded ? ["lin.weight", "wide.weight"] : ["wide.weight"], packed.Layers.Keys);
        Assert.Equal(packed.Layers.Keys, report.Layers.Select(layer => layer.Tensor));
        if (!isCoded)
        {
            Assert.Equal(checkpoint.Bytes("lin.weight"), packed.Checkpoint.Bytes("lin.weight"));
            Assert.Equal((CopyReason.Grows, "RPB0109"), (Assert.Single(report.Copied).Reason, Assert.Single(report.Warnings).Diagnostic.Id));
            Assert.Contains($"'lin.weight' is copied as it is: at {bits} bits in the layout column it would take ", report.Grown[0].Text);
        }
    }

    [Fact]
    public void A_budget_counts_a_weight_that_would_grow_as_what_it_is_copied_as()
    {
        using var checkpoint = Write(DType.F32, ("lin.weight", 1, 64), ("wide.weight", 32, 64));
        var options = new ShiftAddAttribute(3) { Layout = AskedLayout.Column };
        ImmutableArray<LayerPlan> layers = [new("lin.weight", options), new("wide.weight", options)];
        var allocated = BitAllocator.Allocate(checkpoint, layers, new CompressionSettings(), new AllocationSettings { Budget = new AllocationBudget { TargetBytes = 3000 } });

        Assert.All(allocated.Plan.Layers, layer => Assert.InRange(layer.Bytes, 1, checkpoint.Info(layer.Tensor).ByteLength));
        var report = CheckpointCompressor.Compress(checkpoint, allocated.Layers, folder.File("p.safetensors"), allocated.Settings);
        Assert.Equal(allocated.Plan.Bytes, report.StoredBytes + report.Copied.Where(tensor => tensor.Reason == CopyReason.Grows).Sum(tensor => tensor.Bytes));

        // The plan is of use again.
        Assert.Equal(report.StoredBytes, Compress(checkpoint, allocated.Plan.Apply(layers, "plan")).StoredBytes);
    }

    [Fact]
    public void The_report_gives_each_copied_tensor_its_reason()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("a.weight", [32, 64], RandomMatrix.Gaussian(32, 64, 1));
        writer.Add<float>("b.weight", [32, 64], RandomMatrix.Gaussian(32, 64, 2));
        writer.Add<float>("a.bias", [32], new float[32]);
        writer.Add<int>("ids", [2, 2], new int[4]);
        writer.Write(folder.File("m.safetensors"));
        using var checkpoint = Checkpoint.Open(folder.File("m.safetensors"));
        var report = Compress(checkpoint, [new("a.weight", new ShiftAddAttribute(3))]);

        Assert.Equal(
            [("a.bias", CopyReason.FewDimensions), ("b.weight", CopyReason.NotPlanned), ("ids", CopyReason.Type)],
            report.Copied.Select(tensor => (tensor.Tensor, tensor.Reason)).Order());
        Assert.Equal("1 not annotated, 1 with fewer than two dimensions, 1 of a type that cannot be coded", CopiedTensor.Summary(report.Copied));
    }

    private CompressionReport Compress(ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers) =>
        CheckpointCompressor.Compress(checkpoint, layers, folder.File("p.safetensors"), new CompressionSettings());

    private ICheckpoint Write(DType type, params (string Name, int Rows, int Columns)[] weights)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, rows, columns) in weights)
        {
            var values = RandomMatrix.Gaussian(rows, columns, rows);
            var bytes = new byte[values.Length * type.BitSize() / 8];
            ElementConversion.FromSingles(type, values, bytes);
            writer.Add(name, type, [rows, columns], bytes);
        }

        writer.Write(folder.File("m.safetensors"));
        return Checkpoint.Open(folder.File("m.safetensors"));
    }
}
