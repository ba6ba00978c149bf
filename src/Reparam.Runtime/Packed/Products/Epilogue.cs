namespace Reparam.Runtime.Packed;

/// <summary>
/// What becomes of a product before it is stored: y = act(W·x + bias) · gate + residual, in this order, each step rounded to single precision. The default
/// is none of it.
/// </summary>
public readonly ref struct Epilogue
{
    /// <summary>[rows], or empty for none.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Applied to the product with its bias.</summary>
    public Activation Activation { get; init; }

    /// <summary>[batch, rows], or empty for none; may be the output itself.</summary>
    public ReadOnlySpan<float> Gate { get; init; }

    /// <summary>[batch, rows], or empty for none; may be the output itself.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    /// <summary>Whether nothing follows the product.</summary>
    internal bool IsNone => Bias.IsEmpty && Activation == Activation.None && Gate.IsEmpty && Residual.IsEmpty;

    /// <summary>Checks the lengths.</summary>
    /// <exception cref="ArgumentException">A length does not fit the shape, or gate or residual overlap the output without being it.</exception>
    internal void Check(ReadOnlySpan<float> y, int batch, int rows)
    {
        Check("bias", Bias, rows);
        Check("gate", Gate, (long)batch * rows);
        Check("residual", Residual, (long)batch * rows);
        if (Bias.Overlaps(y))
        {
            throw new ArgumentException("the bias overlaps y", "bias");
        }

        CheckOverlap("gate", Gate, y);
        CheckOverlap("residual", Residual, y);
        if ((uint)Activation > (uint)Activation.GELUTanh)
        {
            throw new ArgumentOutOfRangeException("activation", Activation, "there is no such activation");
        }
    }

    private static void Check(string name, ReadOnlySpan<float> found, long expected)
    {
        if (!found.IsEmpty && found.Length != expected)
        {
            throw new ArgumentException($"{name} has {found.Length} elements; the shape needs {expected}", name);
        }
    }

    private static void CheckOverlap(string name, ReadOnlySpan<float> found, ReadOnlySpan<float> y)
    {
        if (found.Overlaps(y, out var offset) && offset != 0)
        {
            throw new ArgumentException($"{name} overlaps y at another place than its own", name);
        }
    }
}
