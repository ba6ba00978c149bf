namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A matrix on uniform grids: w[r,k] = 2^e[r] · s[r,g] · (q[r,k] − z[r,g]) with integers q and z of <see cref="Bits"/> bits and g the group of columns that
/// holds k. Symmetric grids have the zero point 2^(bits − 1) everywhere.
/// </summary>
public sealed class UniformMatrix : CodedMatrix
{
    /// <summary>Fewest bits of a weight.</summary>
    public const int MinBits = 2;

    /// <summary>Most bits of a weight.</summary>
    public const int MaxBits = 8;

    /// <summary>Groups are a multiple of so many columns: each begins at a byte whatever its bits.</summary>
    public const int GroupMultiple = 8;

    /// <summary>Takes the parts of a coded matrix; they are kept, not copied.</summary>
    /// <param name="rows">Number of rows (outputs), at least 1.</param>
    /// <param name="columns">Number of columns (inputs), at least 1.</param>
    /// <param name="bits">Bits of a weight, 2 to 8.</param>
    /// <param name="groupSize">
    /// Neighbouring columns that share a scale: a multiple of 8 below the columns; 0 for a whole row. The last group may be narrower.
    /// </param>
    /// <param name="codes">q: [rows, ⌈columns·bits/8⌉] as <see cref="BitString"/>s, each row from a new byte.</param>
    /// <param name="scales">s: [rows, groups], finite and not negative.</param>
    /// <param name="exponents">e: [rows].</param>
    /// <param name="zeroPoints">z: [rows, ⌈groups·bits/8⌉] as the codes are; empty where all are 2^(bits − 1).</param>
    /// <param name="inputs">How the layer's inputs are rounded; null where they are not.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a length does not fit the shape.</exception>
    public UniformMatrix(
        int rows, int columns, int bits, int groupSize, ReadOnlyMemory<byte> codes, ReadOnlyMemory<Half> scales, ReadOnlyMemory<sbyte> exponents,
        ReadOnlyMemory<byte> zeroPoints, UniformInputs? inputs = null)
        : base(rows, columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, MinBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        if (GroupProblem(groupSize, columns) is { } problem)
        {
            throw new ArgumentException(problem, nameof(groupSize));
        }

        (Bits, GroupSize, Codes, Scales, Exponents, ZeroPoints, Inputs) = (bits, groupSize, codes, scales, exponents, zeroPoints, inputs);
        RequireLength(nameof(codes), codes.Length, (long)rows * BytesPerRow);
        RequireLength(nameof(scales), scales.Length, (long)rows * Groups);
        RequireLength(nameof(exponents), exponents.Length, rows);
        if (!IsSymmetric)
        {
            RequireLength(nameof(zeroPoints), zeroPoints.Length, (long)rows * ZeroBytesPerRow);
        }

        if (inputs is not null && columns % inputs.Channels != 0)
        {
            throw new ArgumentException(
                $"found {inputs.Channels} scales of inputs, expected 1 or one for each input channel of {columns} columns", nameof(inputs));
        }
    }

    /// <inheritdoc/>
    public override UniformFormat Format => UniformFormat.Instance;

    /// <summary>Bits of a weight.</summary>
    public int Bits { get; }

    /// <summary>Neighbouring columns that share a scale; 0 for a whole row.</summary>
    public int GroupSize { get; }

    /// <summary>Whether every zero point is <see cref="Middle"/>.</summary>
    public bool IsSymmetric => ZeroPoints.IsEmpty;

    /// <summary>The zero point of symmetric grids: 2^(bits − 1).</summary>
    public int Middle => 1 << (Bits - 1);

    /// <summary>The integers, [rows, <see cref="BytesPerRow"/>].</summary>
    public ReadOnlyMemory<byte> Codes { get; }

    /// <summary>The scales, [rows, <see cref="Groups"/>], without the factor 2^e of their row.</summary>
    public ReadOnlyMemory<Half> Scales { get; }

    /// <summary>e, [rows].</summary>
    public ReadOnlyMemory<sbyte> Exponents { get; }

    /// <summary>The zero points, [rows, <see cref="ZeroBytesPerRow"/>]; empty where the grids are symmetric.</summary>
    public ReadOnlyMemory<byte> ZeroPoints { get; }

    /// <summary>How the layer's inputs are rounded; null where they are not. <see cref="DecodeRow"/> knows nothing of it.</summary>
    public UniformInputs? Inputs { get; }

    /// <inheritdoc/>
    public override bool RoundsInputs => Inputs is not null;

    /// <summary>Columns of a group; the last one may have fewer.</summary>
    public int GroupColumns => GroupSize == 0 ? Columns : GroupSize;

    /// <summary>Groups of a row.</summary>
    public int Groups => DivideUp(Columns, GroupColumns);

    /// <summary>Bytes of the integers of a row.</summary>
    public int BytesPerRow => BitString.Bytes(Columns, Bits);

    /// <summary>Bytes of the zero points of a row.</summary>
    public int ZeroBytesPerRow => BitString.Bytes(Groups, Bits);

    /// <inheritdoc/>
    public override long StoredBytes =>
        Codes.Length + 2L * Scales.Length + Exponents.Length + ZeroPoints.Length + (Inputs is { } inputs ? 5L * inputs.Channels : 0);

    /// <summary>Writes the integers of a row.</summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="destination">[columns]; more is left as it is.</param>
    public void UnpackCodes(int row, Span<byte> destination) =>
        BitString.Unpack(Codes.Span.Slice(row * BytesPerRow, BytesPerRow), Bits, destination[..Columns]);

    /// <summary>Writes the zero points of a row.</summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="destination">[groups]; more is left as it is.</param>
    public void UnpackZeroPoints(int row, Span<byte> destination)
    {
        if (IsSymmetric)
        {
            destination[..Groups].Fill((byte)Middle);
            return;
        }

        BitString.Unpack(ZeroPoints.Span.Slice(row * ZeroBytesPerRow, ZeroBytesPerRow), Bits, destination[..Groups]);
    }

    /// <summary>The scale of a row's group: 2^e·s, rounded to a float.</summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="group">Group, 0 to <see cref="Groups"/> − 1.</param>
    public float Scale(int row, int group) => MathF.ScaleB((float)Scales.Span[row * Groups + group], Exponents.Span[row]);

    /// <summary>The zero point of a row's group.</summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="group">Group, 0 to <see cref="Groups"/> − 1.</param>
    public int ZeroPoint(int row, int group) => IsSymmetric ? Middle : BitString.At(ZeroPoints.Span.Slice(row * ZeroBytesPerRow, ZeroBytesPerRow), Bits, group);

    /// <summary>Writes the decoded row. The value is defined exactly: <see cref="Scale"/> times the integer q − z, rounded to a float.</summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="destination">[columns]; more is left as it is.</param>
    public override void DecodeRow(int row, Span<float> destination)
    {
        const int Part = 512;
        Span<byte> part = stackalloc byte[Part];
        var codes = Codes.Span.Slice(row * BytesPerRow, BytesPerRow);
        var width = GroupColumns;
        for (var group = 0; group < Groups; group++)
        {
            var (scale, zero) = (Scale(row, group), ZeroPoint(row, group));
            var end = Math.Min(Columns, (group + 1) * width);
            for (var k = group * width; k < end; k += Part)
            {
                var integers = part[..Math.Min(Part, end - k)];
                BitString.Unpack(codes[(int)((long)k * Bits / 8)..], Bits, integers);
                var weights = destination.Slice(k, integers.Length);
                for (var i = 0; i < weights.Length; i++)
                {
                    weights[i] = scale * (integers[i] - zero);
                }
            }
        }
    }

    /// <summary>What is wrong with a group size, or null.</summary>
    internal static string? GroupProblem(int groupSize, int columns) =>
        groupSize != 0 && (groupSize < 0 || groupSize >= columns || groupSize % GroupMultiple != 0)
            ? $"found groupSize {groupSize}, expected 0 or a multiple of {GroupMultiple} below the {columns} columns"
            : null;
}
