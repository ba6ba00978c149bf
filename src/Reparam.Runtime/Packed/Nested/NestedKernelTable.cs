using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>Finds the specialised kernel of nested weights; see <see cref="KernelTable"/>.</summary>
internal static unsafe class NestedKernelTable
{
    /// <summary>Whether there is a kernel for a path and a precision.</summary>
    public static bool Has(KernelPath path, KernelPrecision precision) =>
        path == KernelPath.Avx512 && Avx512Vbmi.IsSupported && precision != KernelPrecision.Exact;

    public static delegate*<in KernelArguments, void> Find(KernelPrecision precision, int bits, bool isWide) => precision == KernelPrecision.Fast
        ? Find<ITablePlanes.One>(bits, isWide)
        : Find<ITablePlanes.Two>(bits, isWide);

    private static delegate*<in KernelArguments, void> Find<TPlanes>(int bits, bool isWide)
        where TPlanes : struct, ITablePlanes
    {
        if (!Avx512Vbmi.IsSupported)
        {
            return null;
        }

        return (bits, isWide) switch
        {
            (1, _) => &Avx512NestedKernel<INestedPlanes.One, TPlanes>.Multiply,
            (2, _) => &Avx512NestedKernel<INestedPlanes.Two, TPlanes>.Multiply,
            (3, false) => &Avx512NestedKernel<INestedPlanes.Three, TPlanes>.Multiply,
            (3, true) => &Avx512NestedKernel<INestedPlanes.WideThree, TPlanes>.Multiply,
            (_, false) => &Avx512NestedKernel<INestedPlanes.Four, TPlanes>.Multiply,
            _ => &Avx512NestedKernel<INestedPlanes.WideFour, TPlanes>.Multiply,
        };
    }
}
