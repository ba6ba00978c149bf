namespace Reparam.Compression.Calibration;

/// <summary>Second moments of a layer's inputs: H = mean of x·xᵀ over tokens.</summary>
/// <param name="Columns">Inputs of the layer.</param>
/// <param name="Values">[columns, columns], symmetric, finite, diagonal not negative.</param>
/// <param name="Tokens">Input vectors seen.</param>
public sealed record Gram(int Columns, ReadOnlyMemory<float> Values, long Tokens);
