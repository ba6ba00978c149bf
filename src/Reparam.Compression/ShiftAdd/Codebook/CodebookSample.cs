namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>Rows of a matrix to learn vectors from.</summary>
/// <param name="Rows">[rows][columns], in units of their super-scales.</param>
/// <param name="Importance">[columns]: what a squared error costs.</param>
internal readonly record struct CodebookSample(IReadOnlyList<float[]> Rows, float[] Importance);
