using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Tiles;

/// <summary>Finds the decoder of a layout and the width of a path. Each choice is a run-time check, so an ahead-of-time compiler drops what it was not told to compile.</summary>
internal static class DecodedKernels
{
    /// <summary>Brings some neighbouring rows into running form.</summary>
    public static PackedMatrix Create(CodedMatrix matrix, int first, int rows, KernelPath path)
    {
        if (path == KernelPath.Avx512 && Avx512F.IsSupported)
        {
            return Create<Lanes512, NestedGroup512>(matrix, first, rows, path);
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return matrix.Bits == CodedMatrix.MaxBits
                ? Create<Lanes256, NestedGroup256Wide>(matrix, first, rows, path)
                : Create<Lanes256, NestedGroup256>(matrix, first, rows, path);
        }

        return Ssse3.IsSupported
            ? Create<Lanes128, NestedGroup128<IByteLookUp.Ssse3Shuffle>>(matrix, first, rows, path)
            : Create<Lanes128, NestedGroup128<IByteLookUp.Portable>>(matrix, first, rows, path);
    }

    private static TileMatrix<TLanes> Create<TLanes, TGroup>(CodedMatrix matrix, int first, int rows, KernelPath path)
        where TLanes : unmanaged, ILanes<TLanes>
        where TGroup : struct, INestedGroup<TLanes> => new(matrix, rows, path, matrix switch
        {
            NestedMatrix nested => new NestedDecoder<TLanes, TGroup>(nested, first, rows),
            CodebookMatrix codebook => new CodebookDecoder(codebook, first, rows),
            BinaryCodedMatrix binary => new BlockDecoder<TLanes>(binary, first, rows),
            _ => throw new ArgumentException($"the layout {matrix.Layout} has no kernel", nameof(matrix)),
        });
}
