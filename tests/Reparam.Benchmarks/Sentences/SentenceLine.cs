using System.Globalization;

namespace Reparam.Benchmarks.Sentences;

/// <summary>What was measured of an encoder.</summary>
/// <param name="Name">The encoder.</param>
/// <param name="PerSecond">Texts a second.</param>
/// <param name="Ratio">Speed over that of the first encoder: the median over batches and rounds.</param>
/// <param name="LinearBytes">Bytes of the weights of its linear layers.</param>
/// <param name="BytesRatio">Over those of the first encoder.</param>
/// <param name="Cosine">Mean over the texts of the cosine to the vectors of the first encoder.</param>
/// <param name="Overlap">Mean share of the ten nearest texts of a text that are also among the ten of the first encoder.</param>
internal sealed record SentenceLine(
    string Name, double PerSecond, double Ratio, long LinearBytes, double BytesRatio, double Cosine, double Overlap)
{
    /// <summary>The head of the table.</summary>
    public const string Head =
        "| encoder | texts a second | speed | linear weights, bytes | share | cosine | same top 10 |\n|---|---|---|---|---|---|---|";

    /// <summary>A row of the table.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Name} | {PerSecond:0.0} | {Ratio:0.00}x | {LinearBytes:N0} | {BytesRatio:0.000} | {Cosine:0.0000} | {Overlap:0.0%} |");
}
