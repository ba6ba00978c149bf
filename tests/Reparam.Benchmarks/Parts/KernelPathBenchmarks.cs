using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Parts;

/// <summary>Every path and precision of this machine on one input row through a 2048 × 2048 matrix at 3 bits in groups of 128.</summary>
public class KernelPathBenchmarks
{
    private const int Size = 2048;

    private readonly float[] x = RandomMatrix.Inputs(Size, 1);
    private readonly float[] y = new float[Size];
    private PackedMatrix packed = null!;

    /// <summary>The paths that this machine can run, the scalar one excepted.</summary>
    public static IEnumerable<KernelPath> Paths =>
        Enum.GetValues<KernelPath>().Where(path => path != KernelPath.Scalar && PackedKernels.IsSupported(path));

    /// <summary>Kernel path.</summary>
    [ParamsSource(nameof(Paths))]
    public KernelPath Path { get; set; }

    /// <summary>Kernel precision.</summary>
    [ParamsAllValues]
    public KernelPrecision Precision { get; set; }

    [GlobalSetup]
    public void Setup() => packed = PackedMatrix.Create(RandomMatrix.Create("row", Size, Size, 3, 128, 3), Path, Precision);

    [Benchmark]
    public void Packed3() => packed.Multiply(x, y, 1);
}
