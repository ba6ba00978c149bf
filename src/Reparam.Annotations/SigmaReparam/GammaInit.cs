namespace Reparam;

/// <summary>Start value of γ in <see cref="SigmaReparamAttribute"/>.</summary>
public enum GammaInit
{
    /// <summary>γ = s₁(W): the layer's function is unchanged at step 0.</summary>
    Spectral,

    /// <summary>γ = 1: the weight has unit spectral norm at step 0, the paper's form.</summary>
    Unit,
}
