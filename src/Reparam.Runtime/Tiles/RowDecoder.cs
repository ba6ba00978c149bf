using System.Numerics.Tensors;

namespace Reparam.Runtime.Tiles;

/// <summary>
/// Decodes tiles of a few rows and columns, from which products are computed. Immutable once built. Weights are given without their common factor 2^e,
/// which the product applies at its end. One thread asks for the tiles of some rows from the first column on.
/// </summary>
internal abstract unsafe class RowDecoder
{
    /// <summary>Maximum number of rows of a tile.</summary>
    public const int TileRows = 8;

    /// <summary>Maximum number of columns of a tile; its first column is a multiple of them.</summary>
    public const int TileColumns = 256;

    /// <summary>e: every weight is multiplied by 2^e.</summary>
    public abstract int ScaleExponent { get; }

    /// <summary>A bound of the weights' magnitude without the factor 2^e; 0 for a matrix of zeros.</summary>
    public abstract float Bound { get; }

    /// <summary>Bytes of the prepacked form.</summary>
    public abstract long Bytes { get; }

    /// <summary>Whether <see cref="MultiplyAdd"/> can take the place of decoded tiles for one input row.</summary>
    public virtual bool IsFused => false;

    /// <summary>Decodes a tile: a weight is its tile value times its row's unit.</summary>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows, 1 to <see cref="TileRows"/>.</param>
    /// <param name="column">First column, a multiple of <see cref="TileColumns"/>.</param>
    /// <param name="columns">Columns, 1 to <see cref="TileColumns"/>.</param>
    /// <param name="factor">A power of two that the weights are multiplied by.</param>
    /// <param name="tile">Out: [<see cref="TileRows"/>, <see cref="TileColumns"/>]; behind the last column finite values may be written.</param>
    /// <param name="units">Out: [<see cref="TileRows"/>].</param>
    public abstract void Decode(int row, int rows, int column, int columns, float factor, float* tile, float* units);

    /// <summary>The products of some rows with one input row, lane by lane, bit for bit what <see cref="TileProduct{T}"/> gives for decoded tiles.</summary>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows, 1 to <see cref="TileRows"/>.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="factor">A power of two that the weights are multiplied by.</param>
    /// <param name="x">[columns], with zeros behind them to a multiple of 64.</param>
    /// <param name="sums">[<see cref="TileRows"/>, lanes], added to.</param>
    public virtual void MultiplyAdd(int row, int rows, int columns, float factor, float* x, float* sums) => throw new NotSupportedException();

    /// <summary>Writes a decoded row, with its power of two: bit for bit what the coded matrix gives.</summary>
    /// <param name="row">Row.</param>
    /// <param name="destination">[columns].</param>
    public virtual void DecodeRow(int row, Span<float> destination)
    {
        var tile = stackalloc float[TileColumns];
        for (var column = 0; column < destination.Length; column += TileColumns)
        {
            var width = Math.Min(TileColumns, destination.Length - column);
            float unit;
            Decode(row, 1, column, width, 1, tile, &unit);
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(tile, width), unit, destination[column..]);
        }

        if (ScaleExponent is >= -126 and <= 127)
        {
            TensorPrimitives.Multiply(destination, MathF.ScaleB(1, ScaleExponent), destination);
            return;
        }

        foreach (ref var weight in destination)
        {
            weight = MathF.ScaleB(weight, ScaleExponent);
        }
    }
}
