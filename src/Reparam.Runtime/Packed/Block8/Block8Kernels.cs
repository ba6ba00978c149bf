using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Kernels of the block8 layout: those of the column layout, and for blocks of 8, 16, 24 … rows tables that serve every row block, with the scales as
/// integers.
/// </summary>
internal sealed class Block8Kernels : BlockScaleKernels
{
    public override bool Takes(CodedMatrix matrix) => matrix is BinaryCodedMatrix { Format: Block8Format };

    public override PrepackedWeights? Prepack(CodedMatrix matrix, in PackedRequest request) =>
        base.Prepack(matrix, request)
        ?? PrepackedBlock8.Create((BinaryCodedMatrix)matrix, request.FirstRow, request.Rows, request.Path, request.Precision, request.Stored);

    public override void AddParts(CodedMatrix matrix, int row, ref ProductParts parts)
    {
        var binary = (BinaryCodedMatrix)matrix;
        var squares = AddParts(binary, row, ref parts);
        parts.AddRoundedScales(
            Block8Layout.GroupColumns * (double)binary.ColumnBlocks, Block8Scales.LargestError * Math.Sqrt(Block8Layout.GroupColumns * binary.Bits * squares));
    }
}
