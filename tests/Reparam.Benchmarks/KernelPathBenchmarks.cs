using BenchmarkDotNet.Attributes;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks;

/// <summary>Every path and precision of this machine on one input row through a 2048 × 2048 matrix at 3 bits in groups of 128.</summary>
public class KernelPathBenchmarks
{
    private const int Size = 2048;

    private float[] x = [];
    private float[] y = [];
    private float[] dense = [];
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
    public void Setup()
    {
        x = RandomWeights.Dense(Size);
        y = new float[Size];
        dense = RandomWeights.Dense(Size * Size);
        packed = PackedMatrix.Create(RandomWeights.Coded(Size, Size, 3, 128), Path, Precision);
    }

    [Benchmark(Baseline = true)]
    public void Float32() => DenseProduct.Multiply(dense, x, y, 1);

    [Benchmark]
    public void Packed3() => packed.Multiply(x, y, 1);
}
