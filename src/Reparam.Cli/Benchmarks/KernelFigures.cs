namespace Reparam.Cli.Benchmarks;

/// <summary>What was measured of a product in one state of the caches. Ratios are times of the other over times of the product: above 1 the product is faster.</summary>
/// <param name="Cold">Whether the weights came from memory.</param>
/// <param name="Seconds">Seconds a product, 10th percentile.</param>
/// <param name="GigaOperations">10⁹ operations a second.</param>
/// <param name="BytesPerSecond">Bytes a second at which the product read its weights.</param>
/// <param name="ProbeBytesPerSecond">Bytes a second that the probe read in the same run, by the same number of threads.</param>
/// <param name="Ggml">Ratio to ggml; null where there is none.</param>
/// <param name="Float32">Ratio to libtorch in float32.</param>
/// <param name="BFloat16">Ratio to libtorch in bfloat16.</param>
internal sealed record KernelFigures(
    bool Cold, double Seconds, double GigaOperations, double BytesPerSecond, double ProbeBytesPerSecond, double? Ggml = null, double? Float32 = null, double? BFloat16 = null)
{
    /// <summary>Share of the probe: 1 is what memory allows.</summary>
    public double Share => BytesPerSecond / ProbeBytesPerSecond;
}
