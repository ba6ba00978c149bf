using System.Numerics.Tensors;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tiles;

/// <summary>
/// The decoder of every format that has no faster one: whole rows by the matrix's own <see cref="CodedMatrix.DecodeRow"/>, once for each row tile and pass.
/// Keeps the coded matrix.
/// </summary>
internal sealed unsafe class CodedRowDecoder : RowDecoder
{
    // All weights are multiplied by one power of two. Rows so much smaller than the largest would come near the smallest float.
    private const double MaxRatio = 1L << 62;

    private static long made;

    // The rows of whatever thread decodes them, [TileRows, columns padded to whole lines], and whose they are.
    [ThreadStatic]
    private static AlignedMemory? scratch;

    [ThreadStatic]
    private static (long Decoder, int Row, int Rows) held;

    private readonly long id = Interlocked.Increment(ref made);
    private readonly CodedMatrix matrix;
    private readonly int first;

    /// <summary>Takes some neighbouring rows of a matrix.</summary>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public CodedRowDecoder(CodedMatrix matrix, int first, int rows)
    {
        this.matrix = matrix;
        this.first = first;
        var magnitudes = FiniteWeights.MaxMagnitudes(matrix, first, rows);
        Bound = magnitudes.Max();
        IsInRange = Array.TrueForAll(magnitudes, magnitude => magnitude == 0 || Bound <= magnitude * MaxRatio);
        Bytes = (long)((double)matrix.StoredBytes * rows / matrix.Rows);
    }

    /// <summary>Weights are decoded with their power of two.</summary>
    public override int ScaleExponent => 0;

    public override float Bound { get; }

    /// <summary>Whether one power of two brings all rows into the range of floats. Where none does, decoded tiles lose the smallest rows.</summary>
    public bool IsInRange { get; }

    public override long Bytes { get; }

    public override void Decode(int row, int rows, int column, int columns, float factor, float* tile, float* units)
    {
        var stride = (nint)((matrix.Columns + 15) / 16 * 16);
        var bytes = sizeof(float) * TileRows * (long)stride;
        if (scratch is null || scratch.Bytes < bytes)
        {
            scratch = new AlignedMemory(bytes);
            held = default;
        }

        var place = (float*)scratch.Start;
        if (column == 0 || held != (id, row, rows))
        {
            // Nothing is held while a row that cannot be decoded leaves the rows before it behind.
            held = default;
            for (var r = 0; r < rows; r++)
            {
                matrix.DecodeRow(first + row + r, new Span<float>(place + (r * stride), matrix.Columns));
            }

            held = (id, row, rows);
        }

        for (var r = 0; r < rows; r++, tile += TileColumns)
        {
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(place + (r * stride) + column, columns), factor, new Span<float>(tile, columns));
            new Span<float>(tile + columns, TileColumns - columns).Clear();
        }

        new Span<float>(units, rows).Fill(1);
    }

    public override void DecodeRow(int row, Span<float> destination) => matrix.DecodeRow(first + row, destination);
}
