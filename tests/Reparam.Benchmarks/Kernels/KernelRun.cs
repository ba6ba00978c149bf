using Reparam.Benchmarks.Measuring;

namespace Reparam.Benchmarks.Kernels;

/// <summary>What contenders that were timed interleaved did.</summary>
/// <param name="Packed">The packed products, in the order asked for.</param>
/// <param name="Probe">The read probe, on blocks of the first product's size.</param>
/// <param name="Ggml">ggml; null where there is none.</param>
/// <param name="GgmlRepacked">ggml with weights in the order that llama.cpp brings them into when it loads a model; null where it has none, and from memory.</param>
/// <param name="Float32">libtorch in float32.</param>
/// <param name="BFloat16">libtorch in bfloat16.</param>
internal sealed record KernelRun(IReadOnlyList<Measurement> Packed, ProbeLine Probe, Measurement? Ggml, Measurement? GgmlRepacked, Measurement? Float32, Measurement? BFloat16)
{
    /// <summary>Share of the probe that a product reached.</summary>
    public double Share(int product) => Packed[product].BytesPerSecond / Probe.BytesPerSecond;

    /// <summary>Time of another contender over the time of a product.</summary>
    public double? Ratio(Measurement? other, int product) => other is null ? null : other.Seconds / Packed[product].Seconds;
}
