using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>Finds the specialised kernel of nested weights; see <see cref="KernelTable"/>.</summary>
internal static unsafe class NestedKernelTable
{
    /// <summary>Row blocks that the AVX-512 kernel interleaves with one input row, at most.</summary>
    public const int MaxInterleaved = 3;

    /// <summary>
    /// The kernel of a path and a precision other than <see cref="KernelPrecision.Exact"/>; null for AVX-512 where this process does not have it.
    /// </summary>
    public static delegate*<in KernelArguments, void> Find(
        KernelPath path, KernelPrecision precision, int bits, bool isBatched) => precision == KernelPrecision.Fast
        ? Find<ITablePlanes.One>(path, bits, isBatched)
        : Find<ITablePlanes.Two>(path, bits, isBatched);

    /// <summary>Row blocks that the kernel of a path can interleave with one input row, at most.</summary>
    public static int InterleavedBlocks(KernelPath path) => path == KernelPath.Avx512 ? MaxInterleaved : 1;

    private static delegate*<in KernelArguments, void> Find<TPlanes>(KernelPath path, int bits, bool isBatched)
        where TPlanes : struct, ITablePlanes
    {
        if (path == KernelPath.Avx512)
        {
            return Avx512Vbmi.IsSupported ? Find512<TPlanes>(bits, isBatched) : null;
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return &NestedKernel<TPlanes, RowLanes256>.Multiply;
        }

        if (Ssse3.IsSupported)
        {
            return &NestedKernel<TPlanes, RowLanes128<IByteLookUp.Ssse3Shuffle>>.Multiply;
        }

        return &NestedKernel<TPlanes, RowLanes128<IByteLookUp.Portable>>.Multiply;
    }

    private static delegate*<in KernelArguments, void> Find512<TPlanes>(int bits, bool isBatched)
        where TPlanes : struct, ITablePlanes => (bits, isBatched) switch
        {
            (1, _) => &Avx512NestedKernel<INestedPlanes.One, TPlanes>.Multiply,
            (2, _) => &Avx512NestedKernel<INestedPlanes.Two, TPlanes>.Multiply,
            (3, false) => &Avx512NestedKernel<INestedPlanes.Three, TPlanes>.Multiply,
            (3, true) => &Avx512NestedKernel<INestedPlanes.WideThree, TPlanes>.Multiply,
            (_, false) => &Avx512NestedKernel<INestedPlanes.Four, TPlanes>.Multiply,
            _ => &Avx512NestedKernel<INestedPlanes.WideFour, TPlanes>.Multiply,
        };
}
