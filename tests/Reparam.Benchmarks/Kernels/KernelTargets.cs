using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Kernels;

/// <summary>The figures that packed products are held to: all of a 4096 × 4096 matrix, groups of 128.</summary>
/// <param name="bench">Measures.</param>
/// <param name="rivals">What to compare with.</param>
/// <param name="progress">Is told what is measured next.</param>
internal sealed class KernelTargets(KernelBench bench, Rivals rivals, Action<string> progress)
{
    private const int Size = 4096;
    private const string NeedsGgml = "needs --ggml";
    private const string NeedsRepack = "needs --ggml, and an order of its own for this processor";
    private const string NeedsTorch = "needs --libtorch";

    /// <summary>What the probe found on the way.</summary>
    public List<ProbeLine> Probes { get; } = [];

    /// <summary>The figures of one thread.</summary>
    public IEnumerable<KernelTarget> OneThread() =>
        [.. ThreeBits(), .. ThreeBitsFromMemory(), .. OtherBits(), .. Avx2(), .. OtherLayouts(), .. Prefill(), .. FewRows(), .. Errors()];

    /// <summary>The figure of several threads.</summary>
    public IEnumerable<KernelTarget> ManyThreads(int threads)
    {
        var run = Measure($"from memory, {threads} threads", [Row(3, KernelPrecision.Fast)], cold: true);
        return [new(2, $"3 bits, from memory, fast, {threads} threads: share of the read probe", FigureUnit.Share, run.Share(0), 0.85)];
    }

    private KernelTarget[] ThreeBits()
    {
        var run = Measure("3 bits", [Row(3, KernelPrecision.Fast), Row(3)], cold: false, rivals.Ggml);
        return
        [
            new(3, "3 bits, from cache, fast: share of the read probe", FigureUnit.Share, run.Share(0), 0.78),
            new(4, "3 bits, from cache, default: share of the read probe", FigureUnit.Share, run.Share(1), 0.55),
            Ratio(5, "3 bits, from cache, default: ggml Q3_K takes", run.Ratio(run.Ggml, 1), 3.5, NeedsGgml),
        ];
    }

    private KernelTarget[] ThreeBitsFromMemory()
    {
        var run = Measure("3 bits, from memory", [Row(3, KernelPrecision.Fast), Row(3)], cold: true, rivals.Ggml, rivals.Torch);
        return
        [
            new(1, "3 bits, from memory, fast: share of the read probe", FigureUnit.Share, run.Share(0), 0.85),
            Ratio(6, "3 bits, from memory, default: ggml Q3_K takes", run.Ratio(run.Ggml, 1), 2, NeedsGgml),
            Ratio(14, "3 bits, from memory, default: libtorch float32 takes", run.Ratio(run.Float32, 1), 11, NeedsTorch),
            Ratio(15, "3 bits, from memory, default: libtorch bfloat16 takes", run.Ratio(run.BFloat16, 1), 12, NeedsTorch),
        ];
    }

    private KernelTarget[] OtherBits()
    {
        var two = rivals.Ggml is null ? null : Measure("2 bits", [Row(2)], cold: false, rivals.Ggml);
        var four = rivals.Ggml is null ? null : Measure("4 bits", [Row(4)], cold: false, rivals.Ggml);
        return
        [
            Ratio(7, "2 bits, from cache, default: ggml Q2_K takes", two?.Ratio(two.Ggml, 0), 3.3, NeedsGgml),
            Ratio(20, "2 bits, from cache, default: ggml Q2_K repacked takes", two?.Ratio(two.GgmlRepacked, 0), null, NeedsRepack),
            Ratio(21, "4 bits, from cache, default: ggml Q4_0 repacked takes", four?.Ratio(four.GgmlRepacked, 0), null, NeedsRepack),
            Ratio(8, "4 bits, from cache, default: ggml Q4_0 takes", four?.Ratio(four.Ggml, 0), 2, NeedsGgml),
        ];
    }

    private KernelTarget[] Avx2()
    {
        const string Name = "3 bits, from cache, default, path avx2: ggml Q3_K built for AVX2 takes";
        if (!PackedKernels.IsSupported(KernelPath.Avx2))
        {
            return [Ratio(9, Name, null, 2.2, "needs a processor with AVX2")];
        }

        var run = rivals.GgmlAvx2 is null ? null : Measure("path avx2", [Row(3) with { Path = KernelPath.Avx2 }], cold: false, rivals.GgmlAvx2);
        return [Ratio(9, Name, run?.Ratio(run.Ggml, 0), 2.2, "needs --ggml-avx2")];
    }

    private KernelTarget[] OtherLayouts()
    {
        var nested = rivals.Ggml is null ? null : Measure("nested", [Row(3) with { Layout = NestedFormat.Instance.Name }], cold: false, rivals.Ggml);
        var codebook = rivals.Ggml is null ? null : Measure("codebook", [Row(2) with { Layout = CodebookFormat.Instance.Name }], cold: false, rivals.Ggml);
        return
        [
            Ratio(10, "nested, 3 planes, from cache, default: ggml Q3_K takes", nested?.Ratio(nested.Ggml, 0), 2, NeedsGgml),
            Ratio(11, "codebook, 2 planes, from cache, default: ggml Q2_K takes", codebook?.Ratio(codebook.Ggml, 0), 1.5, NeedsGgml),
        ];
    }

    private KernelTarget[] Prefill() =>
    [
        .. ((int[])[32, 128]).Select((batch, i) =>
        {
            var item = Row(3) with { Batch = batch };
            var run = Measure($"{batch} input rows", [item], cold: false);
            return new KernelTarget(12 + i, $"3 bits, {batch} input rows, default", FigureUnit.GigaOperations, item.Operations / run.Packed[0].Seconds / 1e9, 600);
        }),
    ];

    private KernelTarget[] FewRows()
    {
        var run = Measure("4 input rows", [Row(3) with { Batch = 4 }, Row(3)], cold: false);
        return [new(19, "3 bits, from cache, default: 4 input rows take, over 1 row", FigureUnit.Ratio, run.Packed[0].Seconds / run.Packed[1].Seconds, 2.5, AtMost: true)];
    }

    private KernelTarget[] Errors()
    {
        progress("errors");
        var matrix = Row(3).Matrix();
        return
        [
            Error(16, KernelPrecision.Fast, 1e-2),
            Error(17, KernelPrecision.Default, 5e-5),
            Error(18, KernelPrecision.Exact, 1e-6),
        ];

        KernelTarget Error(int order, KernelPrecision precision, double bar) => new(
            order, $"3 bits, {precision.ToString().ToLowerInvariant()}: error against a float64 sum of the decoded weights", FigureUnit.Error,
            PackedError.Of(matrix, PackedKernels.Current, precision, 1), bar, AtMost: true);
    }

    private KernelRun Measure(string what, IReadOnlyList<KernelCase> cases, bool cold, GgmlLibrary? ggml = null, TorchLibrary? torch = null)
    {
        progress(what);
        var run = bench.Measure(cases, cold, ggml, torch);
        if (cases[0] == Row(3, KernelPrecision.Fast))
        {
            Probes.Add(run.Probe);
        }

        return run;
    }

    private static KernelCase Row(int bits, KernelPrecision precision = KernelPrecision.Default) =>
        new(Size, Size, BinaryFormat.Row.Name, bits, Precision: precision, Path: PackedKernels.Current);

    private static KernelTarget Ratio(int order, string name, double? value, double? bar, string missing) =>
        new(order, name, FigureUnit.Ratio, value, bar, Missing: value is null ? missing : null);
}
