namespace Reparam.Runtime.Packed;

/// <summary>
/// How the inputs enter a packed product. Errors are relative, in the 2-norm of an output row, against a float64 sum of the decoded weights.
/// </summary>
public enum KernelPrecision
{
    /// <summary>
    /// Partial sums of four inputs rounded to 16 bits, a scale for each 128 inputs or fewer: error about 3e-5, at most 5e-5 for Gaussian inputs and 1e-4
    /// for heavy tails.
    /// </summary>
    Default,

    /// <summary>Partial sums kept in single precision: error about 2e-7, at most 1e-6. Two to three times slower.</summary>
    Exact,

    /// <summary>
    /// Partial sums rounded to 8 bits: error about 6e-3, at most 1e-2 for Gaussian inputs and 2e-2 for heavy tails, like 8-bit activations. The fastest.
    /// </summary>
    Fast,
}
