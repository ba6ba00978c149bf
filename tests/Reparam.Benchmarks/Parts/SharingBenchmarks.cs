using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Parts;

/// <summary>Query, key and value of one row at 3 bits: with tables built for each, with tables built once, and as one piece of work.</summary>
public class SharingBenchmarks
{
    private float[] x = [];
    private float[] y = [];
    private PackedMatrix[] matrices = [];
    private float step;

    /// <summary>Rows and columns of each matrix.</summary>
    [Params(256, 768, 2048)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        x = RandomMatrix.Inputs(Size, 1);
        y = new float[3 * Size];
        matrices = [.. Enumerable.Range(0, 3).Select(seed => PackedMatrix.Create(RandomMatrix.Create("row", Size, Size, 3, 128, seed)))];
    }

    [Benchmark(Baseline = true)]
    public void TablesForEach() => OneByOne(otherInputs: true);

    [Benchmark]
    public void TablesOnce() => OneByOne(otherInputs: false);

    [Benchmark]
    public void AtOnce()
    {
        ChangeInputs();
        PackedMatrix.MultiplyAll(matrices, x, y, 1);
    }

    private void OneByOne(bool otherInputs)
    {
        for (var i = 0; i < matrices.Length; i++)
        {
            if (i == 0 || otherInputs)
            {
                ChangeInputs();
            }

            matrices[i].Multiply(x, y.AsSpan(i * Size, Size), 1);
        }
    }

    private void ChangeInputs() => x[0] = step = step > 1 ? 0 : step + 0.001f;
}
