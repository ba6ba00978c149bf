namespace Reparam.Runtime.Packed;

/// <summary>Rows of one row block, at most <see cref="ColumnScaleMatrix.PieceRows"/>, as <see cref="Avx512ColumnScaleKernel"/> reads them.</summary>
internal unsafe struct ColumnScalePiece
{
    /// <summary>Code words, [plane][chunk][unit][16 rows]; zeros behind the last row.</summary>
    public byte* Codes;

    /// <summary>Scales, [plane][chunk][32 or 4]; zeros behind the last column.</summary>
    public float* Scales;

    /// <summary>First row.</summary>
    public int Row;

    /// <summary>Rows, at least 1.</summary>
    public int Rows;

    /// <summary>Sign planes.</summary>
    public int Bits;

    /// <summary>Chunks of 32 columns.</summary>
    public int Chunks;

    /// <summary>Columns that share a scale, 1 or 8.</summary>
    public int ScaleColumns;

    /// <summary>Units of 16 rows.</summary>
    public readonly int Units => PrepackedLayout.DivideUp(Rows, PrepackedLayout.BlockRows);
}
