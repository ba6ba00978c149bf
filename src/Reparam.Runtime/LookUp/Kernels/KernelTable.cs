using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Finds the specialised kernel for prepacked weights. Each choice is a run-time check, so an ahead-of-time compiler drops what it was not told to compile.
/// Kernels are compiled once with all optimisations and never inlined: profile-guided inlining of so large a body exhausts the compiler's budget
/// for the small functions inside it, which made it three times slower.
/// </summary>
internal static unsafe class KernelTable
{
    public static delegate*<in KernelArguments, void> Find(KernelPath path, KernelPrecision precision, PrepackedLayout layout) =>
        (layout.ScaleSets, layout.Chunks) switch
        {
            (2, _) => Find<IUnitShape.SplitChunk>(path, precision),
            (_, 1) => Find<IUnitShape.OneChunk>(path, precision),
            (_, 2) => Find<IUnitShape.TwoChunks>(path, precision),
            (_, 3) => Find<IUnitShape.ThreeChunks>(path, precision),
            _ => Find<IUnitShape.FourChunks>(path, precision),
        };

    /// <summary>Row blocks that the kernels of a path can interleave with one input row, at most.</summary>
    public static int InterleavedBlocks(KernelPath path, KernelPrecision precision) =>
        precision != KernelPrecision.Exact && ((path == KernelPath.Avx512 && Avx512Vbmi.IsSupported) || (path == KernelPath.Avx2 && Avx2.IsSupported)) ? 3 : 1;

    private static delegate*<in KernelArguments, void> Find<TShape>(KernelPath path, KernelPrecision precision)
        where TShape : struct, IUnitShape => precision switch
        {
            KernelPrecision.Exact => FindExact<TShape>(path),
            KernelPrecision.Fast => FindQuantised<TShape, ITablePlanes.One>(path),
            _ => FindQuantised<TShape, ITablePlanes.Two>(path),
        };

    private static delegate*<in KernelArguments, void> FindQuantised<TShape, TPlanes>(KernelPath path)
        where TShape : struct, IUnitShape
        where TPlanes : struct, ITablePlanes
    {
        if (path == KernelPath.Avx512 && Avx512Vbmi.IsSupported)
        {
            return &Avx512Kernel<TShape, TPlanes>.Multiply;
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return &Avx2Kernel<TShape, TPlanes>.Multiply;
        }

        if (Ssse3.IsSupported)
        {
            return &Vector128Kernel<TShape, TPlanes, IByteLookUp.Ssse3Shuffle>.Multiply;
        }

        return &Vector128Kernel<TShape, TPlanes, IByteLookUp.Portable>.Multiply;
    }

    private static delegate*<in KernelArguments, void> FindExact<TShape>(KernelPath path)
        where TShape : struct, IUnitShape
    {
        if (path == KernelPath.Avx512 && Avx512Vbmi.IsSupported)
        {
            return &Avx512ExactKernel<TShape>.Multiply;
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return &Avx2ExactKernel<TShape>.Multiply;
        }

        if (Ssse3.IsSupported)
        {
            return &Vector128ExactKernel<TShape, IByteLookUp.Ssse3Shuffle>.Multiply;
        }

        return &Vector128ExactKernel<TShape, IByteLookUp.Portable>.Multiply;
    }
}
