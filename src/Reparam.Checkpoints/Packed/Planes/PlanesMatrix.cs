namespace Reparam.Checkpoints.Packed;

/// <summary>A matrix that is added up from a few planes, each with one choice for a weight or for some neighbours, times a power of two.</summary>
public abstract class PlanesMatrix : CodedMatrix
{
    /// <summary>Largest number of planes.</summary>
    public const int MaxBits = 4;

    private protected PlanesMatrix(int rows, int columns, int bits, int scaleExponent)
        : base(rows, columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        Bits = bits;
        ScaleExponent = scaleExponent;
    }

    /// <summary>Number of planes: bits of a weight before scales and tables.</summary>
    public int Bits { get; }

    /// <summary>e: every weight is multiplied by 2^e.</summary>
    public int ScaleExponent { get; }

    /// <inheritdoc/>
    public override int Addends => Bits;
}
