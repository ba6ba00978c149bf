using Reparam.Checkpoints.Packed;

namespace Reparam.Foreign.Tests.Formats.Signs;

/// <summary>w[r, k] = scale · s[r, k] with signs s in {−1, +1}.</summary>
internal sealed class SignMatrix : CodedMatrix
{
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="scale">One for all weights.</param>
    /// <param name="signs">[rows, ⌈columns/8⌉]: bit j of byte i is the sign of column 8i + j, 1 = plus, 0 past the last column.</param>
    public SignMatrix(int rows, int columns, float scale, ReadOnlyMemory<byte> signs)
        : base(rows, columns)
    {
        RequireLength(nameof(signs), signs.Length, (long)rows * BytesPerRow);
        (Scale, Signs) = (scale, signs);
    }

    public float Scale { get; }

    public ReadOnlyMemory<byte> Signs { get; }

    public int BytesPerRow => (Columns + 7) / 8;

    public override PackedFormat Format => SignFormat.Instance;

    public override long StoredBytes => Signs.Length;

    /// <summary>The signs of weights, and the scale that is nearest to them.</summary>
    public static SignMatrix Of(ReadOnlySpan<float> weights, int rows, int columns)
    {
        var signs = new byte[rows * ((columns + 7) / 8)];
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var (row, column) = (i / columns, i % columns);
            signs[(row * ((columns + 7) / 8)) + (column / 8)] |= (byte)(weights[i] >= 0 ? 1 << (column % 8) : 0);
            sum += Math.Abs(weights[i]);
        }

        return new SignMatrix(rows, columns, (float)(sum / weights.Length), signs);
    }

    public override void DecodeRow(int row, Span<float> destination)
    {
        for (var k = 0; k < Columns; k++)
        {
            destination[k] = (Signs.Span[(row * BytesPerRow) + (k / 8)] >> (k % 8) & 1) != 0 ? Scale : -Scale;
        }
    }
}
