namespace Reparam;

/// <summary>The odd, strictly increasing function of <see cref="CompandAttribute"/>, applied to v/b and scaled by a.</summary>
public enum Compander
{
    /// <summary>arctan(v/b), bounded by π/2. The paper's.</summary>
    Arctan,

    /// <summary>tanh(v/b), bounded by 1.</summary>
    Tanh,

    /// <summary>sign(v)·ln(1 + µ|v/b|)/ln(1 + µ) with µ = 255; not bounded.</summary>
    MuLaw,

    /// <summary>(v/b)/(1 + |v/b|), bounded by 1.</summary>
    Softsign,
}
