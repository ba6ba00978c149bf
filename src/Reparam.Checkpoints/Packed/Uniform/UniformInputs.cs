namespace Reparam.Checkpoints.Packed;

/// <summary>
/// How a layer's inputs are rounded before the product: x becomes scale·(u − zero) with u = clamp(round(x / scale) + zero, 0, 2^bits − 1), for all inputs
/// alike or for each input channel. Immutable.
/// </summary>
public sealed class UniformInputs
{
    /// <summary>Takes the grid; it is kept, not copied.</summary>
    /// <param name="bits">Bits of an input, 2 to 8.</param>
    /// <param name="scales">[1] or [input channels]: finite, above 0.</param>
    /// <param name="zeroPoints">As many: 0 to 2^bits − 1, the integer that stands for 0.</param>
    /// <exception cref="ArgumentException">The bits are out of range, or the lengths are 0 or differ.</exception>
    public UniformInputs(int bits, ReadOnlyMemory<float> scales, ReadOnlyMemory<byte> zeroPoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, UniformMatrix.MinBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, UniformMatrix.MaxBits);
        if (scales.IsEmpty || scales.Length != zeroPoints.Length)
        {
            throw new ArgumentException(
                $"found {scales.Length} scales and {zeroPoints.Length} zero points of inputs, expected as many of each, one or more", nameof(scales));
        }

        (Bits, Scales, ZeroPoints) = (bits, scales, zeroPoints);
    }

    /// <summary>Bits of an input.</summary>
    public int Bits { get; }

    /// <summary>[channels].</summary>
    public ReadOnlyMemory<float> Scales { get; }

    /// <summary>[channels].</summary>
    public ReadOnlyMemory<byte> ZeroPoints { get; }

    /// <summary>1 where all inputs have one grid.</summary>
    public int Channels => Scales.Length;
}
