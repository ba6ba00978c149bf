namespace Reparam.Compression.Diagnostics;

/// <summary>A kind of error of compression. Each has a page docs/diagnostics/ID.md.</summary>
/// <param name="Id">The code, such as <c>RPB0103</c>.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Format">The text, with places for what was found and what was expected.</param>
public sealed record CompressionDiagnostic(string Id, string Title, string Format)
{
    /// <summary>An error of this kind.</summary>
    public CompressionProblem With(params ReadOnlySpan<object?> arguments) =>
        new(this, string.Format(System.Globalization.CultureInfo.InvariantCulture, Format, arguments));
}
