using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Peers;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Parts;

/// <summary>The tables of one row of 4096 inputs, groups of 128: what comes before every product, once for all matrices with the same input.</summary>
public unsafe class TableBenchmarks
{
    private const int Columns = 4096;

    private readonly float[] x = RandomMatrix.Inputs(Columns, 1);
    private TablePlan plan = null!;
    private NativeBlock padded = null!;
    private NativeBlock tables = null!;
    private NativeBlock scales = null!;

    /// <summary>Kernel precision, which says what a table holds.</summary>
    [ParamsAllValues]
    public KernelPrecision Precision { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var coded = RandomMatrix.Create("row", 16, Columns, 3, 128, 3);
        plan = FormatKernelList.Find(coded)!.Prepack(coded, new PackedRequest { Rows = 16, Path = PackedKernels.Current, Precision = Precision })!.Tables;
        padded = new NativeBlock(plan.PaddedColumns * sizeof(float));
        tables = new NativeBlock((long)plan.Segments * plan.SegmentBytes);
        scales = new NativeBlock(plan.Segments * sizeof(float));
    }

    [GlobalCleanup]
    public void Cleanup() => Array.ForEach([padded, tables, scales], block => block.Dispose());

    [Benchmark]
    public void Normalise() => plan.Normalise(x, new Span<float>(padded.Start, plan.PaddedColumns), out _);

    [Benchmark]
    public void Build() => plan.Build((float*)padded.Start, 0, plan.Segments, tables.Start, (float*)scales.Start, 1);
}
