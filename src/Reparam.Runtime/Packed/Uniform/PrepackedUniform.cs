using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// Neighbouring rows of a matrix on uniform grids in the form that integer kernels read from front to back: integers [row tile][step], for each tile and group
/// sixteen scales, zero points and, where inputs have a zero point of their own, sums of weights. Immutable once built.
/// </summary>
internal sealed unsafe class PrepackedUniform
{
    private readonly UniformMatrix matrix;
    private readonly int first;
    private readonly LineMemory codes;
    private readonly LineMemory scales;
    private readonly LineMemory? zeros;
    private readonly LineMemory? sums;

    /// <summary>Prepacks rows.</summary>
    /// <param name="matrix">The matrix; kept for its decoded rows.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="hasSums">Whether <see cref="Sums"/> are needed.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public PrepackedUniform(UniformMatrix matrix, int first, int rows, bool hasSums)
    {
        (this.matrix, this.first, Rows) = (matrix, first, rows);
        Groups = matrix.Groups;
        IsNibble = matrix.Bits <= UniformTiles.NibbleBits;
        TileBytes = (long)UniformTiles.Steps(matrix.Columns) * StepBytes;
        var grids = (long)Tiles * matrix.Groups * UniformTiles.Rows;
        codes = PrepackedArena.Take(Tiles * TileBytes);
        scales = PrepackedArena.Take(grids * sizeof(float));
        zeros = matrix.IsSymmetric ? null : PrepackedArena.Take(grids * sizeof(int));
        sums = hasSums ? PrepackedArena.Take(grids * sizeof(int)) : null;
        ScaleExponent = MaxExponent();
        Parallel.For(0, Tiles, WriteTile);
    }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns => matrix.Columns;

    /// <summary>Groups of a row.</summary>
    public int Groups { get; }

    /// <summary>Whether two integers lie in a byte.</summary>
    public bool IsNibble { get; }

    /// <summary>Bytes of a step.</summary>
    public int StepBytes => IsNibble ? NibbleCodes.StepBytes : ByteCodes.StepBytes;

    /// <summary>Bytes of the integers of a tile.</summary>
    public long TileBytes { get; }

    /// <summary>Row tiles; the last one may have rows of zeros.</summary>
    public int Tiles => PrepackedLayout.DivideUp(Rows, UniformTiles.Rows);

    /// <summary>e: every scale is to be multiplied by 2^e.</summary>
    public int ScaleExponent { get; }

    /// <summary>The zero point of every weight where <see cref="Zeros"/> is null.</summary>
    public int Middle => matrix.Middle;

    /// <summary>[tiles, steps, <see cref="StepBytes"/>].</summary>
    public byte* Codes => codes.Start;

    /// <summary>[tiles, groups, 16], the largest from 1 to 2.</summary>
    public float* Scales => (float*)scales.Start;

    /// <summary>[tiles, groups, 16], or null.</summary>
    public int* Zeros => zeros is null ? null : (int*)zeros.Start;

    /// <summary>Σ (q − z) of a group: [tiles, groups, 16], or null.</summary>
    public int* Sums => sums is null ? null : (int*)sums.Start;

    /// <summary>Bytes of all of it.</summary>
    public long Bytes => codes.Bytes + scales.Bytes + (zeros?.Bytes ?? 0) + (sums?.Bytes ?? 0);

    private int MaxExponent()
    {
        var largest = 0f;
        for (var row = first; row < first + Rows; row++)
        {
            for (var group = 0; group < Groups; group++)
            {
                var scale = matrix.Scale(row, group);
                if (!float.IsFinite(scale))
                {
                    throw new ArgumentException($"the scale of row {row}, group {group} is {scale}; a scale must be finite", nameof(matrix));
                }

                largest = Math.Max(largest, Math.Abs(scale));
            }
        }

        return largest > 0 ? MathF.ILogB(largest) : 0;
    }

    private void WriteTile(int tile)
    {
        var row = tile * UniformTiles.Rows;
        var steps = UniformTiles.Steps(Columns);
        var integers = new byte[steps * UniformTiles.StepColumns];
        var points = new byte[Groups];
        var place = Codes + (tile * TileBytes);
        for (var lane = 0; lane < Math.Min(UniformTiles.Rows, Rows - row); lane++)
        {
            matrix.UnpackCodes(first + row + lane, integers);
            WriteRow(integers, place + (4 * lane), steps);
            matrix.UnpackZeroPoints(first + row + lane, points);
            for (var group = 0; group < Groups; group++)
            {
                var index = (((nint)tile * Groups) + group) * UniformTiles.Rows + lane;
                Scales[index] = MathF.ScaleB(matrix.Scale(first + row + lane, group), -ScaleExponent);
                if (zeros is not null)
                {
                    Zeros[index] = points[group];
                }

                if (sums is not null)
                {
                    var begin = group * matrix.GroupColumns;
                    var count = Math.Min(matrix.GroupColumns, Columns - begin);
                    var sum = -count * points[group];
                    foreach (var integer in integers.AsSpan(begin, count))
                    {
                        sum += integer;
                    }

                    Sums[index] = sum;
                }
            }
        }
    }

    private void WriteRow(byte[] integers, byte* place, int steps)
    {
        var words = MemoryMarshal.Cast<byte, uint>(integers);
        for (var step = 0; step < steps; step++, place += StepBytes)
        {
            var (low, high) = (InOrder(words[2 * step]), InOrder(words[(2 * step) + 1]));
            if (IsNibble)
            {
                *(uint*)place = low | (high << 4);
            }
            else
            {
                *(uint*)place = low;
                *(uint*)(place + (ByteCodes.StepBytes / 2)) = high;
            }
        }
    }

    // Columns 0, 2, 1, 3: so that the even bytes are neighbours, as the inputs in words are.
    private static uint InOrder(uint columns) => (columns & 0xFF0000FF) | ((columns & 0xFF00) << 8) | ((columns >> 8) & 0xFF00);
}
