using System.Runtime.CompilerServices;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// The inner loops of a direct convolution. Positions lie in the lanes of vectors and are loaded where they are; each weight is broadcast. All sums of a tile
/// stay in registers: a step is one input of each position.
/// </summary>
internal static unsafe class ConvolutionKernel<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Eight outputs, three vectors: for processors with 32 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8(in ConvolutionTile tile)
    {
        float* x = tile.First, y = tile.Second, z = tile.Third;
        float* upper = tile.Weights, lower = upper + (4 * tile.WeightStride);
        var (one, two, three) = (tile.WeightStride, 2 * tile.WeightStride, 3 * tile.WeightStride);
        var offsets = tile.Offsets;
        var (a0, a1, a2, a3, a4, a5, a6, a7) = (T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero);
        var (b0, b1, b2, b3, b4, b5, b6, b7) = (T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero);
        var (c0, c1, c2, c3, c4, c5, c6, c7) = (T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero);
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            nint offset = *offsets++;
            var (p, q, r) = (T.Load(x + offset), T.Load(y + offset), T.Load(z + offset));
            Add(ref a0, ref b0, ref c0, p, q, r, upper);
            Add(ref a1, ref b1, ref c1, p, q, r, upper + one);
            Add(ref a2, ref b2, ref c2, p, q, r, upper + two);
            Add(ref a3, ref b3, ref c3, p, q, r, upper + three);
            Add(ref a4, ref b4, ref c4, p, q, r, lower);
            Add(ref a5, ref b5, ref c5, p, q, r, lower + one);
            Add(ref a6, ref b6, ref c6, p, q, r, lower + two);
            Add(ref a7, ref b7, ref c7, p, q, r, lower + three);
            upper++;
            lower++;
        }

        Store(tile.Sums, 0, a0, b0, c0);
        Store(tile.Sums, 1, a1, b1, c1);
        Store(tile.Sums, 2, a2, b2, c2);
        Store(tile.Sums, 3, a3, b3, c3);
        Store(tile.Sums, 4, a4, b4, c4);
        Store(tile.Sums, 5, a5, b5, c5);
        Store(tile.Sums, 6, a6, b6, c6);
        Store(tile.Sums, 7, a7, b7, c7);
    }

    /// <summary>Eight outputs, of which the first two vectors are summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8Narrow(in ConvolutionTile tile)
    {
        float* x = tile.First, y = tile.Second;
        float* upper = tile.Weights, lower = upper + (4 * tile.WeightStride);
        var (one, two, three) = (tile.WeightStride, 2 * tile.WeightStride, 3 * tile.WeightStride);
        var offsets = tile.Offsets;
        var (a0, a1, a2, a3, a4, a5, a6, a7) = (T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero);
        var (b0, b1, b2, b3, b4, b5, b6, b7) = (T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero);
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            nint offset = *offsets++;
            var (p, q) = (T.Load(x + offset), T.Load(y + offset));
            Add(ref a0, ref b0, p, q, upper);
            Add(ref a1, ref b1, p, q, upper + one);
            Add(ref a2, ref b2, p, q, upper + two);
            Add(ref a3, ref b3, p, q, upper + three);
            Add(ref a4, ref b4, p, q, lower);
            Add(ref a5, ref b5, p, q, lower + one);
            Add(ref a6, ref b6, p, q, lower + two);
            Add(ref a7, ref b7, p, q, lower + three);
            upper++;
            lower++;
        }

        Store(tile.Sums, 0, a0, b0);
        Store(tile.Sums, 1, a1, b1);
        Store(tile.Sums, 2, a2, b2);
        Store(tile.Sums, 3, a3, b3);
        Store(tile.Sums, 4, a4, b4);
        Store(tile.Sums, 5, a5, b5);
        Store(tile.Sums, 6, a6, b6);
        Store(tile.Sums, 7, a7, b7);
    }

    /// <summary>Four outputs, three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4(in ConvolutionTile tile)
    {
        float* x = tile.First, y = tile.Second, z = tile.Third;
        var weights = tile.Weights;
        var (one, two, three) = (tile.WeightStride, 2 * tile.WeightStride, 3 * tile.WeightStride);
        var offsets = tile.Offsets;
        var (a0, a1, a2, a3) = (T.Zero, T.Zero, T.Zero, T.Zero);
        var (b0, b1, b2, b3) = (T.Zero, T.Zero, T.Zero, T.Zero);
        var (c0, c1, c2, c3) = (T.Zero, T.Zero, T.Zero, T.Zero);
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            nint offset = *offsets++;
            var (p, q, r) = (T.Load(x + offset), T.Load(y + offset), T.Load(z + offset));
            Add(ref a0, ref b0, ref c0, p, q, r, weights);
            Add(ref a1, ref b1, ref c1, p, q, r, weights + one);
            Add(ref a2, ref b2, ref c2, p, q, r, weights + two);
            Add(ref a3, ref b3, ref c3, p, q, r, weights + three);
            weights++;
        }

        Store(tile.Sums, 0, a0, b0, c0);
        Store(tile.Sums, 1, a1, b1, c1);
        Store(tile.Sums, 2, a2, b2, c2);
        Store(tile.Sums, 3, a3, b3, c3);
    }

    /// <summary>Two outputs, three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply2(in ConvolutionTile tile)
    {
        float* x = tile.First, y = tile.Second, z = tile.Third;
        var weights = tile.Weights;
        var one = tile.WeightStride;
        var offsets = tile.Offsets;
        var (a0, a1, b0, b1, c0, c1) = (T.Zero, T.Zero, T.Zero, T.Zero, T.Zero, T.Zero);
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            nint offset = *offsets++;
            var (p, q, r) = (T.Load(x + offset), T.Load(y + offset), T.Load(z + offset));
            Add(ref a0, ref b0, ref c0, p, q, r, weights);
            Add(ref a1, ref b1, ref c1, p, q, r, weights + one);
            weights++;
        }

        Store(tile.Sums, 0, a0, b0, c0);
        Store(tile.Sums, 1, a1, b1, c1);
    }

    /// <summary>One output, three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply1(in ConvolutionTile tile)
    {
        float* x = tile.First, y = tile.Second, z = tile.Third;
        var weights = tile.Weights;
        var offsets = tile.Offsets;
        var (a, b, c) = (T.Zero, T.Zero, T.Zero);
        for (var depth = tile.Depth; depth > 0; depth--)
        {
            nint offset = *offsets++;
            Add(ref a, ref b, ref c, T.Load(x + offset), T.Load(y + offset), T.Load(z + offset), weights);
            weights++;
        }

        Store(tile.Sums, 0, a, b, c);
    }

    /// <summary>One output at all positions of an image, four vectors at a time, with what follows the sums: for depthwise convolutions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyPlane(in ConvolutionPlane plane)
    {
        var sums = stackalloc float[ConvolutionPlane.Together * T.Count];
        for (var vector = 0; vector < plane.Vectors; vector += ConvolutionPlane.Together)
        {
            Sum(in plane, plane.Starts + vector, sums);
            for (var i = 0; i < ConvolutionPlane.Together; i++)
            {
                plane.Store.StoreVector<T>(sums + (i * T.Count), plane.Output, plane.Place, plane.Targets[vector + i]);
            }
        }
    }

    // By itself: beside calls the sums would not stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sum(in ConvolutionPlane plane, int* starts, float* sums)
    {
        float* x = plane.Inputs + starts[0], y = plane.Inputs + starts[1], z = plane.Inputs + starts[2], t = plane.Inputs + starts[3];
        var offsets = plane.Offsets;
        var weights = plane.Weights;
        var (a, b, c, d) = (T.Zero, T.Zero, T.Zero, T.Zero);
        for (var depth = plane.Depth; depth > 0; depth--)
        {
            nint offset = *offsets++;
            var w = T.Create(*weights++);
            a = T.MultiplyAdd(w, T.Load(x + offset), a);
            b = T.MultiplyAdd(w, T.Load(y + offset), b);
            c = T.MultiplyAdd(w, T.Load(z + offset), c);
            d = T.MultiplyAdd(w, T.Load(t + offset), d);
        }

        a.Store(sums);
        b.Store(sums + T.Count);
        c.Store(sums + (2 * T.Count));
        d.Store(sums + (3 * T.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref T a, ref T b, ref T c, T p, T q, T r, float* weight)
    {
        var w = T.Create(*weight);
        a = T.MultiplyAdd(w, p, a);
        b = T.MultiplyAdd(w, q, b);
        c = T.MultiplyAdd(w, r, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref T a, ref T b, T p, T q, float* weight)
    {
        var w = T.Create(*weight);
        a = T.MultiplyAdd(w, p, a);
        b = T.MultiplyAdd(w, q, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* sums, int output, T a, T b, T c)
    {
        Store(sums, output, a, b);
        c.Store(sums + (((output * ConvolutionTile.Vectors) + 2) * T.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* sums, int output, T a, T b)
    {
        a.Store(sums + (output * ConvolutionTile.Vectors * T.Count));
        b.Store(sums + (((output * ConvolutionTile.Vectors) + 1) * T.Count));
    }
}
