using System.Globalization;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Kernels;

/// <summary>One product of the format uniform beside those of other libraries.</summary>
/// <param name="What">Bits, groups, precision.</param>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="Inputs">Input rows.</param>
/// <param name="Path">The kernel path.</param>
/// <param name="Seconds">Seconds of the product.</param>
/// <param name="Float32">Seconds of libtorch with float32 weights.</param>
/// <param name="Onnx">Seconds of ONNX Runtime's MatMulInteger; null where it has none.</param>
internal sealed record UniformLine(string What, int Rows, int Columns, int Inputs, KernelPath Path, double Seconds, double Float32, double? Onnx)
{
    /// <summary>The names of the columns.</summary>
    public const string Head = "| product | shape | inputs | path | us | GOP/s | libtorch float32 takes | ONNX Runtime takes |\n" +
        "|---|---|---|---|---|---|---|---|";

    /// <summary>The line of a Markdown table.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {What} | {Rows}x{Columns} | {Inputs} | {Path.ToString().ToLowerInvariant()} | ") +
        string.Create(CultureInfo.InvariantCulture, $"{Seconds * 1e6:0.0} | {2e-9 * Rows * Columns * Inputs / Seconds:0} | {Float32 / Seconds:0.00}x | ") +
        (Onnx is { } onnx ? string.Create(CultureInfo.InvariantCulture, $"{onnx / Seconds:0.00}x |") : "|");
}
