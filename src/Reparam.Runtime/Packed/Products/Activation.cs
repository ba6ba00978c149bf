namespace Reparam.Runtime.Packed;

/// <summary>The element-wise function that an <see cref="Epilogue"/> applies.</summary>
public enum Activation
{
    /// <summary>x.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>x / (1 + e⁻ˣ).</summary>
    SiLU,

    /// <summary>x·(1 + erf(x/√2)) / 2.</summary>
    GELU,

    /// <summary>x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.</summary>
    GELUTanh,
}
