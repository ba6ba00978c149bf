using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Benchmarks.Parts;

/// <summary>One input row, groups of 128: packed at 2, 3 and 4 bits beside float32 and bfloat16.</summary>
public class MatrixVectorBenchmarks
{
    private const int GroupSize = 128;

    private float[] x = [];
    private float[] y = [];
    private float[][] dense = [];
    private PackedMatrix[][] packed = [];
    private Tensor[] floats = [];
    private Tensor[] brainFloats = [];
    private Tensor floatInput = null!;
    private Tensor brainInput = null!;
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
        x = RandomMatrix.Inputs(Size, 1);
        y = new float[Size];
        var weights = RandomMatrix.Inputs(Size * Size, 2);
        dense = Copies(4L * Size * Size, () => weights.ToArray());
        floats = Copies(4L * Size * Size, () => tensor(weights, Size, Size));
        brainFloats = Copies(2L * Size * Size, () => tensor(weights, Size, Size, dtype: ScalarType.BFloat16));
        floatInput = tensor(x, 1, Size);
        brainInput = tensor(x, 1, Size, dtype: ScalarType.BFloat16);
        packed = [.. new[] { 2, 3, 4 }.Select(bits =>
        {
            var coded = RandomMatrix.Create("row", Size, Size, bits, GroupSize, bits);
            return Copies(coded.StoredBytes, () => PackedMatrix.Create(coded));
        })];
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        Array.ForEach([.. floats, .. brainFloats, floatInput, brainInput], tensor => tensor.Dispose());
    }

    [Benchmark(Baseline = true)]
    public void Float32() => DenseProduct.Multiply(Next(dense), x, y, 1);

    [Benchmark]
    public void TorchFloat32()
    {
        using var product = nn.functional.linear(floatInput, Next(floats));
    }

    [Benchmark]
    public void TorchBFloat16()
    {
        using var product = nn.functional.linear(brainInput, Next(brainFloats));
    }

    [Benchmark]
    public void Packed2() => Next(packed[0]).Multiply(x, y, 1);

    [Benchmark]
    public void Packed3() => Next(packed[1]).Multiply(x, y, 1);

    [Benchmark]
    public void Packed4() => Next(packed[2]).Multiply(x, y, 1);

    private T[] Copies<T>(long bytes, Func<T> create) => [.. Enumerable.Range(0, Cold ? BandwidthProbe.Copies(bytes) : 1).Select(_ => create())];

    private T Next<T>(T[] copies) => copies[turn++ % copies.Length];
}
