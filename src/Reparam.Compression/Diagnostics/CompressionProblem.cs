namespace Reparam.Compression.Diagnostics;

/// <summary>One error of compression.</summary>
/// <param name="Diagnostic">Its kind.</param>
/// <param name="Text">What was found and what was expected.</param>
public sealed record CompressionProblem(CompressionDiagnostic Diagnostic, string Text);
