using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Packed.Levels;

/// <summary>The kernels of a path, by the number of input rows that they take together.</summary>
internal sealed unsafe class LevelKernelTable
{
    private readonly delegate*<in LevelSegment, void>[] kernels;

    private LevelKernelTable(int lanes, params delegate*<in LevelSegment, void>[] kernels) => (Lanes, this.kernels) = (lanes, kernels);

    /// <summary>Rows of a vector: 4, 8 or 16. A kernel multiplies two vectors.</summary>
    public int Lanes { get; }

    /// <summary>Input rows that a kernel takes together, at most: a power of two.</summary>
    public int Most => 1 << (kernels.Length - 1);

    /// <summary>The kernels of a path other than <see cref="KernelPath.Scalar"/>.</summary>
    public static LevelKernelTable Find(KernelPath path)
    {
        if (path == KernelPath.Avx512 && Avx512BW.IsSupported)
        {
            return new(
                IntegerLanes512.Count, &LevelKernel<IntegerLanes512>.Multiply1, &LevelKernel<IntegerLanes512>.Multiply2,
                &LevelKernel<IntegerLanes512>.Multiply4, &LevelKernel<IntegerLanes512>.Multiply8);
        }

        return path == KernelPath.Avx2 && Avx2.IsSupported ? Of<IntegerLanes256>() : Of<IntegerLanes128>();
    }

    /// <summary>Multiplies a segment with some input rows.</summary>
    /// <param name="together">A power of two up to <see cref="Most"/>.</param>
    /// <param name="segment">The segment.</param>
    public void Multiply(int together, in LevelSegment segment) => kernels[System.Numerics.BitOperations.Log2((uint)together)](in segment);

    private static LevelKernelTable Of<T>()
        where T : unmanaged, IIntegerLanes<T> => new(T.Count, &LevelKernel<T>.Multiply1, &LevelKernel<T>.Multiply2, &LevelKernel<T>.Multiply4);
}
