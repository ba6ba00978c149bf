namespace Reparam.Runtime.Packed.Levels;

/// <summary>What a kernel multiplies: a segment of two vectors of rows with some input rows.</summary>
internal unsafe struct LevelSegment
{
    /// <summary>Floats from the totals of an input row to those of the next: those of two tiles.</summary>
    public const int TotalStride = 2 * LevelTiles.Rows;

    /// <summary>Levels of the first vector of rows, [pairs of columns, rows, 2].</summary>
    public short* First;

    /// <summary>Levels of the second.</summary>
    public short* Second;

    /// <summary>Words from a pair of columns to the next.</summary>
    public nint PairStride;

    /// <summary>Pairs of columns.</summary>
    public nint Pairs;

    /// <summary>The inputs, [pairs of columns, input rows, 2].</summary>
    public int* Inputs;

    /// <summary>Scales of the first vector of rows.</summary>
    public float* FirstScales;

    /// <summary>Scales of the second.</summary>
    public float* SecondScales;

    /// <summary>Scale of the first input row.</summary>
    public float* InputScales;

    /// <summary>Floats from the scale of an input row to that of the next.</summary>
    public nint ScaleStride;

    /// <summary>Totals of the first vector of rows and the first input row.</summary>
    public float* Totals;

    /// <summary>Floats from there to those of the second vector.</summary>
    public nint SecondTotals;
}
