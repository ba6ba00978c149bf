namespace Reparam.Compression.SecondOrder;

/// <summary>What coding a matrix W as Q costs; H are the second moments of the layer's inputs.</summary>
/// <param name="SquaredError">Σ (q − w)².</param>
/// <param name="SquaredNorm">Σ w².</param>
/// <param name="SquaredOutputError">tr((Q − W)·H·(Q − W)ᵀ).</param>
/// <param name="SquaredOutputNorm">tr(W·H·Wᵀ).</param>
public readonly record struct FeedbackErrors(double SquaredError, double SquaredNorm, double SquaredOutputError, double SquaredOutputNorm);
