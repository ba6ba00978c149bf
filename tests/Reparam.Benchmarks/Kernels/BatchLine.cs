using System.Globalization;

namespace Reparam.Benchmarks.Kernels;

/// <summary>A product of many input rows or a convolution, in levels and otherwise.</summary>
/// <param name="What">Shape, layout, bits, precision, inputs.</param>
/// <param name="Operations">Multiplications and additions.</param>
/// <param name="Levels">Seconds in levels.</param>
/// <param name="LookUps">Seconds by look-ups.</param>
/// <param name="Float32">Seconds of libtorch with float32 weights.</param>
/// <param name="Words">Operations a second that multiplications of words allow, measured beside them; 0 where that was not measured.</param>
internal sealed record BatchLine(string What, double Operations, double Levels, double LookUps, double Float32, double Words = 0)
{
    /// <summary>The names of the columns.</summary>
    public const string Head = "| what | us | GOP/s | of what words allow | look-ups take | libtorch float32 takes |\n|---|---|---|---|---|---|";

    /// <summary>The line of a Markdown table.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {What} | {Levels * 1e6:0} | {Operations / Levels / 1e9:0} | {(Words > 0 ? Operations / Levels / Words : (double?)null):0%} | {LookUps / Levels:0.00}x | {Float32 / Levels:0.00}x |");
}
