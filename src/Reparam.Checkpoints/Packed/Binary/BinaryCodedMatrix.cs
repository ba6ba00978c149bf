namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A matrix [rows, columns] in binary coding: w[r,k] = 2^e · Σ_b α_b·s_b[r,k] with signs s in {−1, +1}. A set of scales α serves a block of rows and
/// columns: 1 × group size in the format row, group size × 1 in column, group size/8 × 8 in block8.
/// </summary>
public sealed class BinaryCodedMatrix : PlanesMatrix
{
    /// <summary>Exponent bias of a stored power-of-two term.</summary>
    public const int TermBias = 100;

    /// <summary>Largest number of power-of-two terms of a scale.</summary>
    public const int MaxScaleTerms = 3;

    /// <summary>Takes the parts of a coded matrix; they are kept, not copied.</summary>
    /// <param name="rows">Number of rows (outputs), at least 1.</param>
    /// <param name="columns">Number of columns (inputs), at least 1.</param>
    /// <param name="bits">Number of sign planes, 1 to 4.</param>
    /// <param name="groupSize">
    /// Weights that share a set of scales, at least 1, in the format block8 a multiple of 8; 0 for the whole row, column, or eight columns.
    /// </param>
    /// <param name="scaleExponent">e: every scale is multiplied by 2^e.</param>
    /// <param name="codes">[bits, rows, ⌈columns/32⌉]; bit j of word k is the sign of column 32k + j, 1 = plus, 0 past the last column.</param>
    /// <param name="scales">[row blocks, column blocks, bits], or empty when <paramref name="terms"/> holds the scales.</param>
    /// <param name="terms">
    /// [row blocks, column blocks, bits, scaleTerms]: bit 7 = minus, low 7 bits = exponent + 100, 0 = no term. Empty for free scales.
    /// </param>
    /// <param name="scaleTerms">0 for free half-precision scales, else the number of powers of two in a scale, 1 to 3.</param>
    /// <param name="format">Row, column or block8; null, the default, for row.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a length does not fit the shape.</exception>
    public BinaryCodedMatrix(
        int rows, int columns, int bits, int groupSize, int scaleExponent,
        ReadOnlyMemory<uint> codes, ReadOnlyMemory<Half> scales, ReadOnlyMemory<byte> terms = default, int scaleTerms = 0,
        BinaryFormat? format = null)
        : base(rows, columns, bits, scaleExponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(groupSize);
        ArgumentOutOfRangeException.ThrowIfNegative(scaleTerms);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scaleTerms, MaxScaleTerms);

        Format = format ?? BinaryFormat.Row;
        (BlockRows, BlockColumns) = Format.Block(rows, columns, groupSize);
        GroupSize = groupSize == 0 ? (int)Math.Min((long)BlockRows * BlockColumns, int.MaxValue) : groupSize;
        ScaleTerms = scaleTerms;
        Codes = codes;
        Scales = scales;
        Terms = terms;

        RequireLength(nameof(codes), codes.Length, (long)bits * rows * WordsPerRow);
        RequireLength(nameof(scales), scales.Length, scaleTerms == 0 ? (long)RowBlocks * ColumnBlocks * bits : 0);
        RequireLength(nameof(terms), terms.Length, (long)RowBlocks * ColumnBlocks * bits * scaleTerms);
    }

    /// <inheritdoc/>
    public override BinaryFormat Format { get; }

    /// <summary>Weights of a block that shares a set of scales; the last block of a row or column may be smaller.</summary>
    public int GroupSize { get; }

    /// <summary>Rows of such a block.</summary>
    public int BlockRows { get; }

    /// <summary>Columns of such a block.</summary>
    public int BlockColumns { get; }

    /// <summary>0 for free half-precision scales, else the number of powers of two in a scale.</summary>
    public int ScaleTerms { get; }

    /// <summary>Blocks one below the other.</summary>
    public int RowBlocks => DivideUp(Rows, BlockRows);

    /// <summary>Blocks side by side.</summary>
    public int ColumnBlocks => DivideUp(Columns, BlockColumns);

    /// <summary>Words of 32 signs that a row takes in one plane.</summary>
    public int WordsPerRow => DivideUp(Columns, 32);

    /// <summary>Sign planes, [bits, rows, words].</summary>
    public ReadOnlyMemory<uint> Codes { get; }

    /// <summary>Free scales, [row blocks, column blocks, bits]; empty when the scales are sums of powers of two.</summary>
    public ReadOnlyMemory<Half> Scales { get; }

    /// <summary>Power-of-two terms, [row blocks, column blocks, bits, terms]; empty for free scales.</summary>
    public ReadOnlyMemory<byte> Terms { get; }

    /// <inheritdoc/>
    public override long StoredBytes => (long)Codes.Length * sizeof(uint) + Scales.Length * 2L + Terms.Length;

    /// <summary>The stored byte of the power-of-two term sign·2^exponent.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The exponent is outside −99 .. 27.</exception>
    public static byte EncodeTerm(bool negative, int exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exponent, 1 - TermBias);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent, 127 - TermBias);
        return (byte)((negative ? 0x80 : 0) | (exponent + TermBias));
    }

    /// <summary>The value of a stored power-of-two term.</summary>
    public static double DecodeTerm(byte term)
    {
        var biased = term & 0x7F;
        if (biased == 0)
        {
            return 0;
        }

        var value = Math.ScaleB(1.0, biased - TermBias);
        return (term & 0x80) != 0 ? -value : value;
    }

    /// <summary>α_bit of a block without the factor 2^e, rounded once to float.</summary>
    public float Scale(int rowBlock, int columnBlock, int bit)
    {
        var index = (rowBlock * ColumnBlocks + columnBlock) * Bits + bit;
        if (ScaleTerms == 0)
        {
            return (float)Scales.Span[index];
        }

        var sum = 0.0;
        foreach (var term in Terms.Span.Slice(index * ScaleTerms, ScaleTerms))
        {
            sum += DecodeTerm(term);
        }

        return (float)sum;
    }

    /// <summary>
    /// Writes the decoded row. The value is defined exactly: the scales as floats are added or subtracted in the order of the planes in
    /// single precision, then multiplied by 2^e.
    /// </summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="destination">[columns].</param>
    public override void DecodeRow(int row, Span<float> destination)
    {
        var codes = Codes.Span;
        var plane = Rows * WordsPerRow;
        Span<float> scales = stackalloc float[MaxBits];
        for (var block = 0; block < ColumnBlocks; block++)
        {
            for (var bit = 0; bit < Bits; bit++)
            {
                scales[bit] = Scale(row / BlockRows, block, bit);
            }

            var end = Math.Min(Columns, (block + 1) * BlockColumns);
            for (var k = block * BlockColumns; k < end; k++)
            {
                var sum = 0f;
                for (var bit = 0; bit < Bits; bit++)
                {
                    var word = codes[bit * plane + row * WordsPerRow + k / 32];
                    sum += ((word >> (k % 32)) & 1) != 0 ? scales[bit] : -scales[bit];
                }

                destination[k] = MathF.ScaleB(sum, ScaleExponent);
            }
        }
    }

    /// <summary>Σ_k Σ_b 2^e·|α_b|: the planes of a weight may cancel.</summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    public override double Amplitude(int row)
    {
        var sum = 0.0;
        for (var block = 0; block < ColumnBlocks; block++)
        {
            var columns = Math.Min(BlockColumns, Columns - (block * BlockColumns));
            for (var bit = 0; bit < Bits; bit++)
            {
                sum += columns * Math.ScaleB(Math.Abs((double)Scale(row / BlockRows, block, bit)), ScaleExponent);
            }
        }

        return sum;
    }
}
