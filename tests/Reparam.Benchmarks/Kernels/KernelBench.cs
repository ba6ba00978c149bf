using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;

namespace Reparam.Benchmarks.Kernels;

/// <summary>Measures packed products beside the read probe and beside other libraries, all interleaved in this process.</summary>
/// <param name="sampler">How samples are taken.</param>
/// <param name="team">The threads of the probe and of ggml.</param>
internal sealed class KernelBench(Sampler sampler, PinnedTeam team)
{
    /// <summary>Measures products of one shape in one state of the caches.</summary>
    /// <param name="cases">The products.</param>
    /// <param name="cold">Whether the weights come from memory.</param>
    /// <param name="ggml">ggml, in the format that the first product's planes compete with; null for none. It has products of one input row.</param>
    /// <param name="torch">libtorch; null for none.</param>
    public KernelRun Measure(IReadOnlyList<KernelCase> cases, bool cold, GgmlLibrary? ggml = null, TorchLibrary? torch = null)
    {
        var first = cases[0];
        var products = cases.Select(item => item.Product(cold)).ToArray();
        var contenders = products.Select(product => product.Contender("packed")).ToList();
        var probe = contenders.Count;
        contenders.AddRange(BandwidthProbe.Contenders(products[0].Bytes, cold, team));
        var rival = Ggml(first, cold, ggml);
        var ggmlPlace = Add(rival?.Contender(cold));
        var repackedPlace = Add(rival is not null && !cold && sampler.Threads == 1 ? rival.Repacked(ggml!) : null);
        var torchPlace = Add(first.Batch == 1 ? torch?.MatrixVector("float32", first.Rows, first.Columns, brainFloat: false, cold) : null);
        var brainPlace = Add(first.Batch == 1 ? torch?.MatrixVector("bfloat16", first.Rows, first.Columns, brainFloat: true, cold) : null);

        var measured = sampler.Measure([.. contenders]);
        var read = measured[probe].Seconds < measured[probe + 1].Seconds ? measured[probe] : measured[probe + 1];
        return new KernelRun(
            measured[..probe], new ProbeLine(sampler.Threads, cold, read.Contender.Bytes, read.BytesPerSecond), At(ggmlPlace), At(repackedPlace), At(torchPlace), At(brainPlace));

        int Add(Contender? contender)
        {
            if (contender is null)
            {
                return -1;
            }

            contenders.Add(contender);
            return contenders.Count - 1;
        }

        Measurement? At(int place) => place < 0 ? null : measured[place];
    }

    /// <summary>Measures one product beside everything there is.</summary>
    public KernelLine Line(KernelCase item, bool cold, Rivals rivals)
    {
        var run = Measure([item], cold, rivals.Ggml, rivals.Torch);
        return new KernelLine(
            item, sampler.Threads, cold, run.Packed[0].Contender.Bytes, run.Packed[0].Seconds, run.Probe.BytesPerSecond, PackedError.Of(item.Matrix(), item.Path, item.Precision, item.Batch),
            run.Ratio(run.Ggml, 0), run.Ratio(run.Float32, 0), run.Ratio(run.BFloat16, 0));
    }

    private GgmlProduct? Ggml(KernelCase item, bool cold, GgmlLibrary? ggml)
    {
        var format = GgmlFormat.Of(item.Bits);
        if (ggml is null || item.Batch != 1 || item.Columns % format.BlockWeights != 0)
        {
            return null;
        }

        var copies = cold ? BandwidthProbe.Copies((long)item.Rows * format.RowBytes(item.Columns)) : 1;
        return new GgmlProduct(ggml, format, item.Rows, item.Columns, copies, team);
    }
}
