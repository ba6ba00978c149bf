namespace Reparam.Cli.Benchmarks;

/// <summary>Measures packed products beside the read probe and beside what was given to compare with, all in turn in this process.</summary>
/// <param name="sampler">How samples are taken.</param>
/// <param name="team">The threads of the probe and of ggml.</param>
/// <param name="ggml">ggml, or null.</param>
internal sealed class KernelBench(Sampler sampler, PinnedTeam team, GgmlLibrary? ggml)
{
    /// <summary>Measures a product in one state of the caches.</summary>
    /// <param name="item">The product.</param>
    /// <param name="cold">Whether the weights come from memory.</param>
    public KernelFigures Measure(KernelCase item, bool cold)
    {
        var product = item.Product(cold);
        var contenders = new List<Contender> { product.Contender("packed") };
        contenders.AddRange(BandwidthProbe.Contenders(product.Bytes, cold, team));
        var ggmlPlace = contenders.Count;
        if (Ggml(item, cold) is { } rival)
        {
            contenders.Add(rival);
        }

        var measured = sampler.Measure([.. contenders]);
        return new KernelFigures(
            cold, measured[0].Seconds, product.Operations / measured[0].Seconds / 1e9, measured[0].BytesPerSecond,
            Math.Max(measured[1].BytesPerSecond, measured[2].BytesPerSecond),
            Ggml: contenders.Count > ggmlPlace ? measured[ggmlPlace].Seconds / measured[0].Seconds : null);
    }

    private Contender? Ggml(KernelCase item, bool cold)
    {
        var format = GgmlFormat.Of(item.Bits);
        if (ggml is null || item.Batch != 1 || item.Columns % format.BlockWeights != 0)
        {
            return null;
        }

        var copies = cold ? BandwidthProbe.Copies((long)item.Rows * format.RowBytes(item.Columns)) : 1;
        return new GgmlProduct(ggml, format, item.Rows, item.Columns, copies, team).Contender(format.Name, cold);
    }
}
