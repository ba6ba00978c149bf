using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Parts;

/// <summary>Every layout on this machine's best path, 2048 × 2048: one and four input rows, and what it takes to bring the stored form into the running one.</summary>
public class LayoutBenchmarks
{
    private const int Size = 2048;

    private readonly float[] x = RandomMatrix.Inputs(4 * Size, 1);
    private readonly float[] y = new float[4 * Size];
    private CodedMatrix coded = null!;
    private PackedMatrix packed = null!;

    /// <summary>Which weights share what.</summary>
    [Params("row", "column", "block8", "nested", "codebook")]
    public string Layout { get; set; } = "row";

    /// <summary>Planes.</summary>
    [Params(2, 3)]
    public int Bits { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        coded = RandomMatrix.Create(Layout, Size, Size, Bits, 128, Bits);
        packed = PackedMatrix.Create(coded);
    }

    [Benchmark]
    public void OneRow() => packed.Multiply(x.AsSpan(0, Size), y.AsSpan(0, Size), 1);

    [Benchmark]
    public void FourRows() => packed.Multiply(x, y, 4);

    [Benchmark]
    public PackedMatrix Repack() => PackedMatrix.Create(coded);
}
