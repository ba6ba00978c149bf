namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The sums of a segment for a vector of rows, and what makes products of them.</summary>
internal unsafe struct SegmentSums
{
    /// <summary>Σ q·u, [input rows, planes] with <see cref="SumStride"/>.</summary>
    public int* Sums;

    /// <summary>Double words from the sums of a plane to those of the next.</summary>
    public nint SumStride;

    /// <summary>1, or 2 where an input is 256·high + low.</summary>
    public int Planes;

    /// <summary>Scales of the rows.</summary>
    public float* Scales;

    /// <summary>Zero points of the rows; null where all are <see cref="Middle"/>.</summary>
    public int* Zeros;

    /// <summary>The zero point of every row where <see cref="Zeros"/> is null.</summary>
    public int Middle;

    /// <summary>Σ (q − z) of the rows; of no account where <see cref="ZeroOfInputs"/> is 0.</summary>
    public int* WeightSums;

    /// <summary>The zero point of the inputs.</summary>
    public int ZeroOfInputs;

    /// <summary>Input rows.</summary>
    public int Inputs;

    /// <summary>Σ u of the input rows.</summary>
    public int* InputSums;

    /// <summary>Scales of the input rows.</summary>
    public float* InputScales;

    /// <summary>From an input row's sum and scale to the next one's.</summary>
    public nint InputStride;

    /// <summary>[input rows] with a stride of <see cref="UniformTiles.PieceRows"/>: what the products are added to.</summary>
    public float* Totals;
}
