using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Kernels;

/// <summary>The kernels of a direct convolution of a path, by the number of outputs that they take together.</summary>
internal sealed unsafe class ConvolutionKernelTable
{
    private static readonly Lazy<ConvolutionKernelTable> CurrentTable = new(() => Find(PackedKernels.Current));

    private readonly delegate*<in ConvolutionTile, void>[] kernels;
    private readonly delegate*<in ConvolutionTile, void> narrow;
    private readonly delegate*<in ConvolutionStore, float*, in TilePlaces, void> store;

    private readonly delegate*<in ConvolutionPlane, void> plane;

    private ConvolutionKernelTable(
        int lanes, delegate*<in ConvolutionPlane, void> plane, delegate*<in ConvolutionStore, float*, in TilePlaces, void> store,
        delegate*<in ConvolutionTile, void> narrow,
        params delegate*<in ConvolutionTile, void>[] kernels)
    {
        Lanes = lanes;
        this.plane = plane;
        this.store = store;
        this.narrow = narrow;
        this.kernels = kernels;
    }

    /// <summary>Those of this process.</summary>
    public static ConvolutionKernelTable Current => CurrentTable.Value;

    /// <summary>Positions of a vector: 4, 8 or 16.</summary>
    public int Lanes { get; }

    /// <summary>Outputs that a kernel takes together, at most: a power of two.</summary>
    public int Most => 1 << (kernels.Length - 1);

    /// <summary>The kernels of a path; there are none without vectors, so that the plain path takes the portable ones.</summary>
    public static ConvolutionKernelTable Find(KernelPath path)
    {
        if (path == KernelPath.Avx512 && Avx512F.IsSupported)
        {
            return new(
                Lanes512.Count, &ConvolutionKernel<Lanes512>.MultiplyPlane, &ConvolutionStore.StoreTile<Lanes512>,
                &ConvolutionKernel<Lanes512>.Multiply8Narrow, &ConvolutionKernel<Lanes512>.Multiply1, &ConvolutionKernel<Lanes512>.Multiply2,
                &ConvolutionKernel<Lanes512>.Multiply4, &ConvolutionKernel<Lanes512>.Multiply8);
        }

        return path is KernelPath.Avx512 or KernelPath.Avx2 && Avx2.IsSupported ? Of<Lanes256>() : Of<Lanes128>();
    }

    /// <summary>Sums a tile.</summary>
    /// <param name="outputs">A power of two up to <see cref="Most"/>.</param>
    /// <param name="vectors">Vectors that matter, 1 to 3. All three are loaded, or the first two.</param>
    /// <param name="tile">The tile.</param>
    public void Multiply(int outputs, int vectors, in ConvolutionTile tile)
    {
        if (outputs == Most && vectors < ConvolutionTile.Vectors && narrow != null)
        {
            narrow(in tile);
        }
        else
        {
            kernels[System.Numerics.BitOperations.Log2((uint)outputs)](in tile);
        }
    }

    /// <summary>Computes an output at all positions.</summary>
    public void Multiply(in ConvolutionPlane of) => plane(in of);

    /// <summary>Stores the sums of a tile.</summary>
    public void Store(in ConvolutionStore target, float* sums, in TilePlaces places) => store(in target, sums, in places);

    private static ConvolutionKernelTable Of<T>()
        where T : unmanaged, ILanes<T> =>
        new(
            T.Count, &ConvolutionKernel<T>.MultiplyPlane, &ConvolutionStore.StoreTile<T>, null, &ConvolutionKernel<T>.Multiply1,
            &ConvolutionKernel<T>.Multiply2, &ConvolutionKernel<T>.Multiply4);
}
