namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A matrix [rows, columns] in binary coding: w[r,k] = 2^e · Σ_b α[r,g,b]·s_b[r,k] with signs s in {−1, +1}, g = k / group size, in the
/// canonical stored form that docs/formats/packed.md describes. Immutable.
/// </summary>
public sealed class BinaryCodedMatrix
{
    /// <summary>Exponent bias of a stored power-of-two term.</summary>
    public const int TermBias = 100;

    /// <summary>Largest number of sign planes.</summary>
    public const int MaxBits = 4;

    /// <summary>Largest number of power-of-two terms of a scale.</summary>
    public const int MaxScaleTerms = 3;

    /// <summary>Takes the parts of a coded matrix; they are kept, not copied.</summary>
    /// <param name="rows">Number of rows (outputs), at least 1.</param>
    /// <param name="columns">Number of columns (inputs), at least 1.</param>
    /// <param name="bits">Number of sign planes, 1 to 4.</param>
    /// <param name="groupSize">Columns that share a set of scales, at least 1; 0 for the whole row.</param>
    /// <param name="scaleExponent">e: every scale is multiplied by 2^e.</param>
    /// <param name="codes">[bits, rows, ⌈columns/32⌉]; bit j of word k is the sign of column 32k + j, 1 = plus, 0 past the last column.</param>
    /// <param name="scales">[rows, groups, bits], or empty when <paramref name="terms"/> holds the scales.</param>
    /// <param name="terms">[rows, groups, bits, scaleTerms]: bit 7 = minus, low 7 bits = exponent + 100, 0 = no term. Empty for free scales.</param>
    /// <param name="scaleTerms">0 for free half-precision scales, else the number of powers of two in a scale, 1 to 3.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a length does not fit the shape.</exception>
    public BinaryCodedMatrix(
        int rows, int columns, int bits, int groupSize, int scaleExponent,
        ReadOnlyMemory<uint> codes, ReadOnlyMemory<Half> scales, ReadOnlyMemory<byte> terms = default, int scaleTerms = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        ArgumentOutOfRangeException.ThrowIfNegative(groupSize);
        ArgumentOutOfRangeException.ThrowIfNegative(scaleTerms);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scaleTerms, MaxScaleTerms);

        Rows = rows;
        Columns = columns;
        Bits = bits;
        GroupSize = groupSize == 0 ? columns : groupSize;
        ScaleExponent = scaleExponent;
        ScaleTerms = scaleTerms;
        Codes = codes;
        Scales = scales;
        Terms = terms;

        RequireLength(nameof(codes), codes.Length, (long)bits * rows * WordsPerRow);
        RequireLength(nameof(scales), scales.Length, scaleTerms == 0 ? (long)rows * Groups * bits : 0);
        RequireLength(nameof(terms), terms.Length, (long)rows * Groups * bits * scaleTerms);
    }

    /// <summary>Number of rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Number of columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Number of sign planes.</summary>
    public int Bits { get; }

    /// <summary>Columns that share a set of scales; the last group of a row may be shorter. The number of columns when the whole row is one group.</summary>
    public int GroupSize { get; }

    /// <summary>e: every scale is multiplied by 2^e.</summary>
    public int ScaleExponent { get; }

    /// <summary>0 for free half-precision scales, else the number of powers of two in a scale.</summary>
    public int ScaleTerms { get; }

    /// <summary>Groups of a row.</summary>
    public int Groups => (Columns + GroupSize - 1) / GroupSize;

    /// <summary>Words of 32 signs that a row takes in one plane.</summary>
    public int WordsPerRow => (Columns + 31) / 32;

    /// <summary>Sign planes, [bits, rows, words].</summary>
    public ReadOnlyMemory<uint> Codes { get; }

    /// <summary>Free scales, [rows, groups, bits]; empty when the scales are sums of powers of two.</summary>
    public ReadOnlyMemory<Half> Scales { get; }

    /// <summary>Power-of-two terms, [rows, groups, bits, terms]; empty for free scales.</summary>
    public ReadOnlyMemory<byte> Terms { get; }

    /// <summary>Bytes that the matrix takes in the file: codes and scales.</summary>
    public long StoredBytes => (long)Codes.Length * sizeof(uint) + Scales.Length * 2L + Terms.Length;

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

    /// <summary>α[row, group, bit] without the factor 2^e, rounded once to float.</summary>
    public float Scale(int row, int group, int bit)
    {
        var index = (row * Groups + group) * Bits + bit;
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
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">[columns].</param>
    public void DecodeRow(int row, Span<float> destination)
    {
        var codes = Codes.Span;
        var plane = Rows * WordsPerRow;
        Span<float> scales = stackalloc float[MaxBits];
        for (var group = 0; group < Groups; group++)
        {
            for (var bit = 0; bit < Bits; bit++)
            {
                scales[bit] = Scale(row, group, bit);
            }

            var end = Math.Min(Columns, (group + 1) * GroupSize);
            for (var k = group * GroupSize; k < end; k++)
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

    private static void RequireLength(string name, long found, long expected)
    {
        if (found != expected)
        {
            throw new ArgumentException($"{name} has {found} elements; the shape needs {expected}", name);
        }
    }
}
