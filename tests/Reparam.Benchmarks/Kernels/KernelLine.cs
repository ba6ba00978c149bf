namespace Reparam.Benchmarks.Kernels;

/// <summary>What was measured of one product in one state of the caches. Ratios are times of the other over times of the product: above 1 the product is faster.</summary>
/// <param name="Case">The product.</param>
/// <param name="Threads">Threads of every contender.</param>
/// <param name="Cold">Whether the weights came from memory.</param>
/// <param name="Bytes">Bytes of the weights in memory.</param>
/// <param name="Seconds">Seconds a product, 10th percentile.</param>
/// <param name="ProbeBytesPerSecond">Bytes a second that the probe read in the same run.</param>
/// <param name="Error">Relative error against a float64 sum of the decoded weights, 2-norm.</param>
/// <param name="Ggml">Ratio to ggml; null where there is none.</param>
/// <param name="Float32">Ratio to libtorch in float32.</param>
/// <param name="BFloat16">Ratio to libtorch in bfloat16.</param>
internal sealed record KernelLine(
    KernelCase Case, int Threads, bool Cold, long Bytes, double Seconds, double ProbeBytesPerSecond, double Error, double? Ggml, double? Float32, double? BFloat16)
{
    /// <summary>Bytes a second at which the weights were read.</summary>
    public double BytesPerSecond => Bytes / Seconds;

    /// <summary>Share of the probe: 1 is what memory allows.</summary>
    public double Share => BytesPerSecond / ProbeBytesPerSecond;

    /// <summary>10⁹ operations a second.</summary>
    public double GigaOperations => Case.Operations / Seconds / 1e9;
}
