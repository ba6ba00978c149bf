using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Benchmarks.Parts;

/// <summary>Several input rows through a 2048 × 2048 matrix, packed at 3 bits in groups of 128.</summary>
public class BatchBenchmarks
{
    private const int Size = 2048;

    private float[] x = [];
    private float[] y = [];
    private float[] dense = [];
    private PackedMatrix packed = null!;
    private Tensor floats = null!;
    private Tensor brainFloats = null!;
    private Tensor floatInput = null!;
    private Tensor brainInput = null!;

    /// <summary>Input rows.</summary>
    [Params(1, 4, 32, 128)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(PackedKernels.Threads);
        x = RandomMatrix.Inputs(Batch * Size, 1);
        y = new float[Batch * Size];
        dense = RandomMatrix.Inputs(Size * Size, 2);
        packed = PackedMatrix.Create(RandomMatrix.Create("row", Size, Size, 3, 128, 3));
        floats = tensor(dense, Size, Size);
        brainFloats = tensor(dense, Size, Size, dtype: ScalarType.BFloat16);
        floatInput = tensor(x, Batch, Size);
        brainInput = tensor(x, Batch, Size, dtype: ScalarType.BFloat16);
    }

    [GlobalCleanup]
    public void Cleanup() => Array.ForEach([floats, brainFloats, floatInput, brainInput], tensor => tensor.Dispose());

    [Benchmark(Baseline = true)]
    public void Float32() => DenseProduct.Multiply(dense, x, y, Batch);

    [Benchmark]
    public void TorchFloat32()
    {
        using var product = nn.functional.linear(floatInput, floats);
    }

    [Benchmark]
    public void TorchBFloat16()
    {
        using var product = nn.functional.linear(brainInput, brainFloats);
    }

    [Benchmark]
    public void Packed3() => packed.Multiply(x, y, Batch);
}
