using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>Kernels of overlapped codebooks.</summary>
internal sealed class CodebookKernels : FormatKernels
{
    public override bool Takes(CodedMatrix matrix) => matrix is CodebookMatrix;

    public override void RequireFinite(CodedMatrix matrix) =>
        ScaleRange.RequireFinite(((CodebookMatrix)matrix).SuperScales.Span, ((CodebookMatrix)matrix).Set.Step);

    public override PrepackedWeights? Prepack(CodedMatrix matrix, in PackedRequest request) => request.Precision == KernelPrecision.Exact
        ? null
        : new PrepackedCodebook((CodebookMatrix)matrix, request.FirstRow, request.Rows, request.Path, request.Precision, request.Stored);

    public override RowDecoder Decoder(CodedMatrix matrix, in PackedRequest request) =>
        new CodebookDecoder((CodebookMatrix)matrix, request.FirstRow, request.Rows);

    public override void AddParts(CodedMatrix matrix, int row, ref ProductParts parts)
    {
        var codebook = (CodebookMatrix)matrix;
        var largest = Enumerable.Range(0, codebook.Set.Stages.Count).Max(codebook.Set.MaxVectorSum);
        for (var block = 0; block < codebook.SuperBlocks; block++)
        {
            var columns = Math.Min(codebook.SuperColumns, codebook.Columns - (block * codebook.SuperColumns));
            var scale = codebook.SuperScales.Span[(row / codebook.SuperRows * codebook.SuperBlocks) + block];
            var unit = Math.ScaleB((double)scale * codebook.Set.Step, codebook.ScaleExponent);
            for (var stage = 0; stage < codebook.Set.Stages.Count; stage++)
            {
                var positions = codebook.Set.Stages[stage].Positions(columns);
                parts.AddTables(positions, unit * largest);
            }
        }
    }
}
