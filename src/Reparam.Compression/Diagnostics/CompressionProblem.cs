namespace Reparam.Compression.Diagnostics;

/// <summary>One error of compression. Two are equal when kind and text are.</summary>
/// <param name="Diagnostic">Its kind.</param>
/// <param name="Text">What was found and what was expected.</param>
public sealed record CompressionProblem(CompressionDiagnostic Diagnostic, string Text)
{
    /// <summary>What a method threw, for its author; null where nothing was thrown.</summary>
    public Exception? Cause { get; init; }

    /// <inheritdoc/>
    public bool Equals(CompressionProblem? other) => other is not null && Diagnostic == other.Diagnostic && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Diagnostic, Text);
}
