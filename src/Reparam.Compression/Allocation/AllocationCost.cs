namespace Reparam.Compression.Allocation;

/// <summary>What a bit plan makes small: a number for every layer and coding, summed over the layers.</summary>
public enum AllocationCost
{
    /// <summary>
    /// The criterion of ShiftAddLLM (You et al., 2024), ‖W/d‖·σ(W/d)² with d the diagonal of the Cholesky factor of H⁻¹, times the coding's squared relative
    /// weight error. Without calibration d = 1.
    /// </summary>
    Criterion,

    /// <summary>
    /// ‖X·(W − Q)ᵀ‖² a token over the calibration inputs; where a layer lacks calibration, the squared relative errors of all, times their weights.
    /// </summary>
    Output,

    /// <summary>The rise of the whole model's output divergence when this layer alone is coded, from the calibration file.</summary>
    Divergence,
}
