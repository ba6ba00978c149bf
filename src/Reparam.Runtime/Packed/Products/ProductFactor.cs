namespace Reparam.Runtime.Packed;

/// <summary>The power of two that the sums of an input row are multiplied by, as two factors, because it may not be a float itself.</summary>
internal readonly struct ProductFactor
{
    private readonly float first;
    private readonly float second;

    /// <summary>Takes an exponent of any size.</summary>
    /// <param name="hasNonFinite">Whether the input row held a NaN or an infinity, so that its outputs are NaN.</param>
    /// <param name="exponent">Exponent of the power of two; beyond the range of floats every sum over- or underflows.</param>
    public ProductFactor(bool hasNonFinite, long exponent)
    {
        var bounded = (int)Math.Clamp(exponent, -252, 252);
        var part = Math.Clamp(bounded, -126, 126);
        first = hasNonFinite ? float.NaN : MathF.ScaleB(1, part);
        second = MathF.ScaleB(1, bounded - part);
    }

    /// <summary>The factor nearer to 1.</summary>
    public float First => first;

    /// <summary>What is left.</summary>
    public float Second => second;
}
