namespace Reparam.Compression;

/// <summary>A weight is NaN or infinite, so no error of an approximation is defined.</summary>
public sealed class NonFiniteWeightException : Exception
{
    /// <summary>Names the first weight that is not finite.</summary>
    /// <param name="tensor">Name of the tensor.</param>
    /// <param name="index">Row-major position in the tensor.</param>
    /// <param name="value">The value found there.</param>
    public NonFiniteWeightException(string tensor, long index, float value)
        : base(FormattableString.Invariant($"tensor '{tensor}' holds {value} at element {index}; every weight must be finite"))
    {
        Tensor = tensor;
        Index = index;
    }

    /// <summary>Name of the tensor.</summary>
    public string Tensor { get; }

    /// <summary>Row-major position of the first weight that is not finite.</summary>
    public long Index { get; }
}
