using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>Some neighbouring rows of a matrix in the row layout as a matrix of their own: the weights of one group of a convolution.</summary>
internal static class RowBlock
{
    public static BinaryCodedMatrix Of(BinaryCodedMatrix matrix, int first, int rows)
    {
        if (rows == matrix.Rows)
        {
            return matrix;
        }

        var plane = matrix.WordsPerRow * matrix.Rows;
        var codes = new uint[matrix.Bits * rows * matrix.WordsPerRow];
        for (var bit = 0; bit < matrix.Bits; bit++)
        {
            matrix.Codes.Span
                .Slice(bit * plane + first * matrix.WordsPerRow, rows * matrix.WordsPerRow)
                .CopyTo(codes.AsSpan(bit * rows * matrix.WordsPerRow));
        }

        var scales = matrix.ColumnBlocks * matrix.Bits;
        return new BinaryCodedMatrix(
            rows, matrix.Columns, matrix.Bits, matrix.GroupSize, matrix.ScaleExponent, codes,
            matrix.Scales.IsEmpty ? default : matrix.Scales.Slice(first * scales, rows * scales),
            matrix.Terms.IsEmpty ? default : matrix.Terms.Slice(first * scales * matrix.ScaleTerms, rows * scales * matrix.ScaleTerms),
            matrix.ScaleTerms);
    }
}
