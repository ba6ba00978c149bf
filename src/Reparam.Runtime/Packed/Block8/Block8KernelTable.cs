using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>Finds the specialised kernel of the layout block8; see <see cref="KernelTable"/>.</summary>
internal static unsafe class Block8KernelTable
{
    /// <summary>The kernel for prepacked weights.</summary>
    public static delegate*<in KernelArguments, void> Find(KernelPath path, KernelPrecision precision, Block8Layout layout) => layout.Codes.Chunks switch
    {
        1 => Find<IUnitShape.OneChunk>(path, precision, layout.Sets),
        2 => Find<IUnitShape.TwoChunks>(path, precision, layout.Sets),
        3 => Find<IUnitShape.ThreeChunks>(path, precision, layout.Sets),
        _ => Find<IUnitShape.FourChunks>(path, precision, layout.Sets),
    };

    private static delegate*<in KernelArguments, void> Find<TShape>(KernelPath path, KernelPrecision precision, int sets)
        where TShape : struct, IUnitShape => (precision == KernelPrecision.Fast, sets) switch
        {
            (true, 1) => Find<TShape, ITablePlanes.One, IScaleSets.One>(path),
            (true, _) => Find<TShape, ITablePlanes.One, IScaleSets.Two>(path),
            (_, 1) => Find<TShape, ITablePlanes.Two, IScaleSets.One>(path),
            _ => Find<TShape, ITablePlanes.Two, IScaleSets.Two>(path),
        };

    private static delegate*<in KernelArguments, void> Find<TShape, TPlanes, TSets>(KernelPath path)
        where TShape : struct, IUnitShape
        where TPlanes : struct, ITablePlanes
        where TSets : struct, IScaleSets
    {
        if (path == KernelPath.Avx512 && Avx512Vbmi.IsSupported)
        {
            return &Avx512Block8Kernel<TShape, TPlanes, TSets>.Multiply;
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return &Block8Kernel<TShape, TPlanes, TSets, RowLanes256>.Multiply;
        }

        if (Ssse3.IsSupported)
        {
            return &Block8Kernel<TShape, TPlanes, TSets, RowLanes128<IByteLookUp.Ssse3Shuffle>>.Multiply;
        }

        return &Block8Kernel<TShape, TPlanes, TSets, RowLanes128<IByteLookUp.Portable>>.Multiply;
    }
}
