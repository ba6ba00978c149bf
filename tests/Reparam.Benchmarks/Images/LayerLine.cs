using System.Globalization;

namespace Reparam.Benchmarks.Images;

/// <summary>What was measured of a layer.</summary>
/// <param name="Shape">The layer.</param>
/// <param name="Images">Images of a call.</param>
/// <param name="Float32">Seconds in float32.</param>
/// <param name="Packed">Seconds packed.</param>
/// <param name="Libtorch">Seconds of libtorch in float32.</param>
internal sealed record LayerLine(LayerShape Shape, int Images, double Float32, double Packed, double Libtorch)
{
    /// <summary>The names of the columns.</summary>
    public const string Head = "| layer | images | float32, us | GFLOP/s | libtorch, GFLOP/s | libtorch takes, over float32 | over packed |\n|---|---|---|---|---|---|---|";

    /// <summary>The line of a Markdown table.</summary>
    public string Text()
    {
        var operations = Images * Shape.Operations / 1e9;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Shape} | {Images} | {Float32 * 1e6:0} | {operations / Float32:0} | {operations / Libtorch:0} | {Libtorch / Float32:0.00}x | {Libtorch / Packed:0.00}x |");
    }
}
