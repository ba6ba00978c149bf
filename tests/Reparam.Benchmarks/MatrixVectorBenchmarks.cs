using BenchmarkDotNet.Attributes;
using Reparam.Runtime.Packed;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Benchmarks;

/// <summary>One input row, groups of 128, default precision: packed at 2, 3 and 4 bits beside float32.</summary>
public class MatrixVectorBenchmarks
{
    private const int GroupSize = 128;
    private const long ColdBytes = 192L << 20;

    private float[] x = [];
    private float[] y = [];
    private float[][] dense = [];
    private PackedMatrix[][] packed = [];
    private Tensor[] torchWeights = [];
    private Tensor torchInput = null!;
    private int turn;

    /// <summary>Rows and columns of the matrix.</summary>
    [Params(1024, 4096)]
    public int Size { get; set; }

    /// <summary>Whether each call takes another matrix, so that all of them come from memory.</summary>
    [Params(false, true)]
    public bool Cold { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(PackedKernels.Threads);
        x = RandomWeights.Dense(Size);
        y = new float[Size];
        dense = Copies(4L * Size * Size, () => RandomWeights.Dense(Size * Size));
        torchWeights = [.. dense.Select(weights => tensor(weights, Size, Size))];
        torchInput = tensor(x, 1, Size);
        packed = [.. new[] { 2, 3, 4 }.Select(bits =>
        {
            var coded = RandomWeights.Coded(Size, Size, bits, GroupSize);
            return Copies(coded.StoredBytes, () => PackedMatrix.Create(coded));
        })];
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        Array.ForEach(torchWeights, weights => weights.Dispose());
        torchInput.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Float32() => DenseProduct.Multiply(Next(dense), x, y, 1);

    [Benchmark]
    public void Torch()
    {
        using var product = nn.functional.linear(torchInput, Next(torchWeights));
    }

    [Benchmark]
    public void Packed2() => Next(packed[0]).Multiply(x, y, 1);

    [Benchmark]
    public void Packed3() => Next(packed[1]).Multiply(x, y, 1);

    [Benchmark]
    public void Packed4() => Next(packed[2]).Multiply(x, y, 1);

    private T[] Copies<T>(long bytes, Func<T> create) =>
        [.. Enumerable.Range(0, Cold ? (int)Math.Max(1, ColdBytes / bytes) : 1).Select(_ => create())];

    private T Next<T>(T[] copies) => copies[turn++ % copies.Length];
}
