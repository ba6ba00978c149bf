using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Kernels of the layouts whose rows have scales in common, block by block: pre-scaled tables in memory or in registers, and tiles for blocks of few rows.
/// </summary>
internal abstract class BlockScaleKernels : FormatKernels
{
    public override void RequireFinite(CodedMatrix matrix) => ScaleRange.RequireFinite((BinaryCodedMatrix)matrix);

    public override PrepackedWeights? Prepack(CodedMatrix matrix, in PackedRequest request)
    {
        // With one block of rows the tables are as many as the row layout has.
        var binary = (BinaryCodedMatrix)matrix;
        return request.Precision != KernelPrecision.Exact && binary.BlockRows >= binary.Rows && PrepackedSigns.Fits(binary)
            ? new PrepackedSigns(ScaleRange.RequireFinite(binary), request.FirstRow, request.Rows, request.Path, request.Precision, request.Stored)
            : null;
    }

    public override PackedMatrix? LookUp(CodedMatrix matrix, in PackedRequest request)
    {
        var (binary, first, rows, path, precision) = ((BinaryCodedMatrix)matrix, request.FirstRow, request.Rows, request.Path, request.Precision);
        return Prepack(matrix, request) is { } weights ? new LookUpMatrix(matrix, weights, path)
            : ColumnScaleMatrix.Fits(binary, path, precision) ? new ColumnScaleMatrix(binary, first, rows)
            : precision != KernelPrecision.Exact && PrepackedSigns.Fits(binary) ? new PreScaledMatrix(binary, first, rows, path, precision)
            : null;
    }

    public override RowDecoder Decoder(CodedMatrix matrix, in PackedRequest request)
    {
        var (binary, first, rows, path) = ((BinaryCodedMatrix)matrix, request.FirstRow, request.Rows, request.Path);
        return path == KernelPath.Avx512 && Avx512F.IsSupported ? new BlockDecoder<Lanes512>(binary, first, rows)
            : path == KernelPath.Avx2 && Avx2.IsSupported ? new BlockDecoder<Lanes256>(binary, first, rows)
            : new BlockDecoder<Lanes128>(binary, first, rows);
    }

    public override void AddParts(CodedMatrix matrix, int row, ref ProductParts parts) => AddParts((BinaryCodedMatrix)matrix, row, ref parts);

    /// <summary>The same; gives Σ α² over planes and column blocks, which rounded scales are measured by.</summary>
    protected static double AddParts(BinaryCodedMatrix matrix, int row, ref ProductParts parts)
    {
        // A plane's segments are those of the prepacked weights whose tables hold the scales.
        var columns = matrix.WordsPerRow * PrepackedLayout.ChunkColumns;
        var width = new PrepackedLayout(1, columns, 1, columns, rowsInDwords: true, floatScales: false).SegmentColumns;
        var largest = new double[matrix.Bits];
        var squares = 0.0;
        for (var start = 0; start < matrix.Columns; start += width)
        {
            var end = Math.Min(matrix.Columns, start + width);
            Array.Clear(largest);
            for (var column = start; column < end; column += matrix.BlockColumns)
            {
                for (var bit = 0; bit < matrix.Bits; bit++)
                {
                    var scale = Math.Abs(Math.ScaleB(matrix.Scale(row / matrix.BlockRows, column / matrix.BlockColumns, bit), matrix.ScaleExponent));
                    largest[bit] = Math.Max(largest[bit], scale);
                    squares += scale * scale;
                }
            }

            parts.AddQuads(end - start, largest.Sum());
        }

        return squares;
    }
}
