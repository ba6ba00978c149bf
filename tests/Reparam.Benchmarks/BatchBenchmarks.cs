using BenchmarkDotNet.Attributes;
using Reparam.Runtime.Packed;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Benchmarks;

/// <summary>Several input rows through a 2048 × 2048 matrix, packed at 3 bits in groups of 128.</summary>
public class BatchBenchmarks
{
    private const int Size = 2048;

    private float[] x = [];
    private float[] y = [];
    private float[] dense = [];
    private PackedMatrix packed = null!;
    private Tensor torchWeights = null!;
    private Tensor torchInput = null!;

    /// <summary>Input rows.</summary>
    [Params(1, 4, 32)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(PackedKernels.Threads);
        x = RandomWeights.Dense(Batch * Size);
        y = new float[Batch * Size];
        dense = RandomWeights.Dense(Size * Size);
        packed = PackedMatrix.Create(RandomWeights.Coded(Size, Size, 3, 128));
        torchWeights = tensor(dense, Size, Size);
        torchInput = tensor(x, Batch, Size);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        torchWeights.Dispose();
        torchInput.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Float32() => DenseProduct.Multiply(dense, x, y, Batch);

    [Benchmark]
    public void Torch()
    {
        using var product = nn.functional.linear(torchInput, torchWeights);
    }

    [Benchmark]
    public void Packed3() => packed.Multiply(x, y, Batch);
}
