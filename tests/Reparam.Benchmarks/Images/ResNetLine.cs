using System.Globalization;
using Reparam.Benchmarks.Measuring;

namespace Reparam.Benchmarks.Images;

/// <summary>What was measured of ResNet-20.</summary>
/// <param name="Images">Pictures of a batch.</param>
/// <param name="Float32">The twin in float32.</param>
/// <param name="Packed">The twin with coded weights.</param>
/// <param name="TorchSharp">TorchSharp in float32.</param>
/// <param name="Difference">Largest difference of the twin's logits in float32 from TorchSharp's, over the largest logit.</param>
internal sealed record ResNetLine(int Images, Measurement Float32, Measurement Packed, Measurement TorchSharp, double Difference)
{
    /// <summary>The names of the columns.</summary>
    public const string Head =
        "| pictures | twin float32, ms | twin packed, ms | TorchSharp, ms | over float32 | over packed | middle ratios | logits differ by |\n"
            + "|---|---|---|---|---|---|---|---|";

    /// <summary>The line of a Markdown table.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Images} | {Float32.Seconds * 1e3:0.00} | {Packed.Seconds * 1e3:0.00} | {TorchSharp.Seconds * 1e3:0.00} | {TorchSharp.Seconds / Float32.Seconds:0.00}x | "
            + $"{TorchSharp.Seconds / Packed.Seconds:0.00}x | {Float32.MedianRatio(TorchSharp):0.00}x, {Packed.MedianRatio(TorchSharp):0.00}x | {Difference:0.0e+0} |");
}
