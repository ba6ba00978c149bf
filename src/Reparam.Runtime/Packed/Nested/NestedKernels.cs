using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>Kernels of nested profiles.</summary>
internal sealed class NestedKernels : FormatKernels
{
    // The offsets of a product meet the sums of this many inputs, rounded to 16 bits.
    private const double GroupSumSteps = short.MaxValue;

    public override bool Takes(CodedMatrix matrix) => matrix is NestedMatrix;

    public override void RequireFinite(CodedMatrix matrix) =>
        ScaleRange.RequireFinite(((NestedMatrix)matrix).SuperScales.Span, ((NestedMatrix)matrix).Table.Step);

    public override PrepackedWeights? Prepack(CodedMatrix matrix, in PackedRequest request) =>
        PrepackedNested.Create((NestedMatrix)matrix, request.FirstRow, request.Rows, request.Path, request.Precision, request.Stored);

    public override RowDecoder Decoder(CodedMatrix matrix, in PackedRequest request)
    {
        var (nested, first, rows, path) = ((NestedMatrix)matrix, request.FirstRow, request.Rows, request.Path);
        if (path == KernelPath.Avx512 && Avx512F.IsSupported)
        {
            return new NestedDecoder<Lanes512, NestedGroup512>(nested, first, rows);
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return nested.Bits == PlanesMatrix.MaxBits
                ? new NestedDecoder<Lanes256, NestedGroup256Wide>(nested, first, rows)
                : new NestedDecoder<Lanes256, NestedGroup256>(nested, first, rows);
        }

        return Ssse3.IsSupported
            ? new NestedDecoder<Lanes128, NestedGroup128<IByteLookUp.Ssse3Shuffle>>(nested, first, rows)
            : new NestedDecoder<Lanes128, NestedGroup128<IByteLookUp.Portable>>(nested, first, rows);
    }

    public override void AddParts(CodedMatrix matrix, int row, ref ProductParts parts)
    {
        var nested = (NestedMatrix)matrix;
        for (var group = 0; group < nested.Groups; group++)
        {
            var columns = Math.Min(NestedMatrix.GroupSize, nested.Columns - (group * NestedMatrix.GroupSize));
            var profile = nested.Table.Profile(nested.Profile(row, group));
            var (planes, offset) = (0, profile[nested.Bits]);
            for (var bit = 0; bit < nested.Bits; bit++)
            {
                planes += profile[bit];
            }

            var block = (row / nested.SuperRows * nested.SuperBlocks) + (group * NestedMatrix.GroupSize / nested.SuperColumns);
            var unit = Math.ScaleB((double)nested.SuperScales.Span[block] * nested.Table.Step, nested.ScaleExponent);
            parts.AddQuads(columns, unit * (planes + Math.Abs(offset)));
            parts.Add(1, NestedMatrix.GroupSize * unit * (offset - nested.Table.MinOffset) / GroupSumSteps);
        }
    }
}
