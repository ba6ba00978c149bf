namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A matrix in nested profiles: w[r,k] = 2^e · S · f · (Σ_b a_b[p]·s_b[r,k] + o[p]) with signs s in {−1, +1}, p the profile of the 16 columns that hold
/// k, S the super-scale of a larger block and f the table's step.
/// </summary>
public sealed class NestedMatrix : PlanesMatrix
{
    /// <summary>Neighbouring columns that share a profile.</summary>
    public const int GroupSize = 16;

    /// <summary>Takes the parts of a coded matrix; they are kept, not copied.</summary>
    /// <param name="rows">Number of rows (outputs), at least 1.</param>
    /// <param name="columns">Number of columns (inputs), at least 1.</param>
    /// <param name="table">The profiles.</param>
    /// <param name="superRows">Rows of a block that shares a super-scale, at least 1.</param>
    /// <param name="superColumns">Columns of that block: a multiple of 16.</param>
    /// <param name="scaleExponent">e: every super-scale is multiplied by 2^e.</param>
    /// <param name="codes">[bits, rows, ⌈columns/8⌉]: bit j of byte k is the sign of column 8k + j, 1 = plus, 0 past the last column.</param>
    /// <param name="profiles">Indices of [rows, ⌈columns/16⌉] in <c>IndexBits</c> bits each, one behind the other, lowest bit first; unused bits are 0.</param>
    /// <param name="superScales">[⌈rows/superRows⌉, ⌈columns/superColumns⌉], finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a length does not fit the shape.</exception>
    public NestedMatrix(
        int rows, int columns, ProfileTable table, int superRows, int superColumns, int scaleExponent,
        ReadOnlyMemory<byte> codes, ReadOnlyMemory<byte> profiles, ReadOnlyMemory<Half> superScales)
        : base(rows, columns, table.Bits, scaleExponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(superRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(superColumns, GroupSize);
        if (superColumns % GroupSize != 0)
        {
            throw new ArgumentException($"superColumns is {superColumns}; it is a multiple of {GroupSize}", nameof(superColumns));
        }

        Table = table;
        SuperRows = superRows;
        SuperColumns = superColumns;
        Codes = codes;
        Profiles = profiles;
        SuperScales = superScales;
        RequireLength(nameof(codes), codes.Length, (long)Bits * rows * BytesPerRow);
        RequireLength(nameof(profiles), profiles.Length, ProfileBytes(rows, columns, table.IndexBits));
        RequireLength(nameof(superScales), superScales.Length, (long)DivideUp(rows, superRows) * SuperBlocks);
    }

    /// <inheritdoc/>
    public override NestedFormat Format => NestedFormat.Instance;

    /// <summary>The profiles.</summary>
    public ProfileTable Table { get; }

    /// <summary>Rows of a block that shares a super-scale.</summary>
    public int SuperRows { get; }

    /// <summary>Columns of that block.</summary>
    public int SuperColumns { get; }

    /// <summary>Sign planes, [bits, rows, bytes].</summary>
    public ReadOnlyMemory<byte> Codes { get; }

    /// <summary>Indices of the groups' profiles.</summary>
    public ReadOnlyMemory<byte> Profiles { get; }

    /// <summary>Super-scales, [row blocks, column blocks].</summary>
    public ReadOnlyMemory<Half> SuperScales { get; }

    /// <summary>Bytes that a row takes in one plane.</summary>
    public int BytesPerRow => DivideUp(Columns, 8);

    /// <summary>Groups of a row.</summary>
    public int Groups => DivideUp(Columns, GroupSize);

    /// <summary>Super-scales side by side in a row.</summary>
    public int SuperBlocks => DivideUp(Columns, SuperColumns);

    /// <inheritdoc/>
    public override CodedTable StoredTable => Table.Stored;

    /// <inheritdoc/>
    public override long StoredBytes => Codes.Length + Profiles.Length + 2L * SuperScales.Length;

    /// <summary>Bytes of the profile indices of a matrix.</summary>
    public static long ProfileBytes(int rows, int columns, int indexBits) => (((long)rows * DivideUp(columns, GroupSize) * indexBits) + 7) / 8;

    /// <summary>Index of the profile of a row's group.</summary>
    public int Profile(int row, int group)
    {
        var position = ((long)row * Groups + group) * Table.IndexBits;
        var bytes = Profiles.Span;
        var index = 0;
        for (var bit = 0; bit < Table.IndexBits; bit++, position++)
        {
            index |= ((bytes[(int)(position >> 3)] >> (int)(position & 7)) & 1) << bit;
        }

        return index;
    }

    /// <summary>S·f of a row's group as a float: what one unit of the table stands for there, without the factor 2^e.</summary>
    public float Unit(int row, int group) => (float)SuperScales.Span[row / SuperRows * SuperBlocks + group * GroupSize / SuperColumns] * Table.Step;

    /// <summary>
    /// Writes the decoded row. The value is defined exactly: the super-scale as a float times the step, rounded; times the integer, rounded; times 2^e.
    /// </summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="destination">[columns].</param>
    public override void DecodeRow(int row, Span<float> destination)
    {
        var codes = Codes.Span;
        var plane = Rows * BytesPerRow;
        for (var group = 0; group < Groups; group++)
        {
            var profile = Table.Profile(Profile(row, group));
            var unit = Unit(row, group);
            var end = Math.Min(Columns, (group + 1) * GroupSize);
            for (var k = group * GroupSize; k < end; k++)
            {
                int sum = profile[Bits];
                for (var bit = 0; bit < Bits; bit++)
                {
                    var sign = (codes[bit * plane + row * BytesPerRow + k / 8] >> (k % 8)) & 1;
                    sum += sign != 0 ? profile[bit] : -profile[bit];
                }

                destination[k] = MathF.ScaleB(unit * sum, ScaleExponent);
            }
        }
    }

    /// <summary>Σ_k 2^e·S·f·(Σ_b a_b + |o| + |o_min|), with o_min the table's smallest offset: kernels add o − o_min and o_min apart.</summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    public override double Amplitude(int row)
    {
        var sum = 0.0;
        for (var group = 0; group < Groups; group++)
        {
            var profile = Table.Profile(Profile(row, group));
            var size = Math.Abs((int)profile[Bits]) + Math.Abs(Table.MinOffset);
            for (var bit = 0; bit < Bits; bit++)
            {
                size += profile[bit];
            }

            sum += Math.Min(GroupSize, Columns - (group * GroupSize)) * Math.ScaleB((double)Unit(row, group), ScaleExponent) * size;
        }

        return sum;
    }
}
