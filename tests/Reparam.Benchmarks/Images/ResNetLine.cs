using System.Globalization;

namespace Reparam.Benchmarks.Images;

/// <summary>What was measured of ResNet-20.</summary>
/// <param name="Images">Pictures of a batch.</param>
/// <param name="Float32">Seconds of the twin in float32: the middle sample.</param>
/// <param name="Packed">Seconds of the twin with coded weights.</param>
/// <param name="TorchSharp">Seconds of TorchSharp in float32.</param>
/// <param name="OverFloat32">How many times as long TorchSharp takes as the twin in float32: the middle ratio.</param>
/// <param name="OverPacked">How many times as long TorchSharp takes as the twin with coded weights.</param>
/// <param name="Difference">Largest difference of the twin's logits in float32 from TorchSharp's, over the largest logit.</param>
internal sealed record ResNetLine(
    int Images, double Float32, double Packed, double TorchSharp, double OverFloat32, double OverPacked, double Difference)
{
    /// <summary>The names of the columns.</summary>
    public const string Head =
        "| pictures | twin float32, ms | twin packed, ms | TorchSharp, ms | TorchSharp takes, over float32 | over packed | logits differ by |\n|---|---|---|---|---|---|---|";

    /// <summary>The line of a Markdown table.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Images} | {Float32 * 1e3:0.00} | {Packed * 1e3:0.00} | {TorchSharp * 1e3:0.00} | {OverFloat32:0.00}x | {OverPacked:0.00}x | {Difference:0.0e+0} |");
}
