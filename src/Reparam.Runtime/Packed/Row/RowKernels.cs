using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>Kernels of the row layout: groups of a row have scales of their own, and tables of the inputs serve every row.</summary>
internal sealed class RowKernels : FormatKernels
{
    public override bool Takes(CodedMatrix matrix) => matrix is BinaryCodedMatrix { Format: RowFormat };

    public override void RequireFinite(CodedMatrix matrix) => ScaleRange.RequireFinite((BinaryCodedMatrix)matrix);

    public override PrepackedWeights Prepack(CodedMatrix matrix, in PackedRequest request) =>
        new PrepackedRows(RowBlock.Of((BinaryCodedMatrix)matrix, request.FirstRow, request.Rows), request.Path, request.Precision, request.Stored);

    public override void AddParts(CodedMatrix matrix, int row, ref ProductParts parts)
    {
        var binary = (BinaryCodedMatrix)matrix;
        for (var group = 0; group < binary.ColumnBlocks; group++)
        {
            var columns = Math.Min(binary.BlockColumns, binary.Columns - (group * binary.BlockColumns));
            var amplitude = 0.0;
            for (var bit = 0; bit < binary.Bits; bit++)
            {
                amplitude += Math.Abs(binary.Scale(row, group, bit));
            }

            parts.AddQuads(columns, Math.ScaleB(amplitude, binary.ScaleExponent));
        }
    }
}
