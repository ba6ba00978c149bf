namespace Reparam.Runtime.Kernels;

/// <summary>Sums of products of two tensors over pairs of dimensions.</summary>
internal static class Contraction
{
    public static Tensor Run(Tensor x, Tensor y, ReadOnlySpan<long> dimsX, ReadOnlySpan<long> dimsY)
    {
        if (dimsX.Length != dimsY.Length)
        {
            throw new ArgumentException($"tensordot: {dimsX.Length} dimensions of one tensor and {dimsY.Length} of the other.");
        }

        Span<int> summedX = stackalloc int[dimsX.Length];
        Span<int> summedY = stackalloc int[dimsY.Length];
        for (var i = 0; i < dimsX.Length; i++)
        {
            (summedX[i], summedY[i]) = (x.Dimension(dimsX[i]), y.Dimension(dimsY[i]));
            if (x.Shape[summedX[i]] != y.Shape[summedY[i]])
            {
                throw new ArgumentException(
                    $"tensordot: dimension {dimsX[i]} of {Layout.Describe(x.Shape)} and {dimsY[i]} of {Layout.Describe(y.Shape)} differ in size.");
            }
        }

        Span<long> shape = stackalloc long[Tensor.CheckedRank(x.Rank + y.Rank - (2 * dimsX.Length))];
        var freeX = Split(x, summedX, shape, false, out var left);
        _ = Split(y, summedY, shape[freeX..], true, out var right);
        return MatMul.Run(left, right).Reshape(shape);
    }

    // The tensor as a matrix [free, summed], or [summed, free]; writes the free sizes.
    private static int Split(Tensor x, ReadOnlySpan<int> summed, Span<long> sizes, bool summedFirst, out Tensor matrix)
    {
        Span<long> order = stackalloc long[x.Rank];
        var free = 0;
        long count = 1;
        for (var i = 0; i < x.Rank; i++)
        {
            if (!summed.Contains(i))
            {
                order[(summedFirst ? summed.Length : 0) + free] = i;
                sizes[free++] = x.Shape[i];
                count *= x.Shape[i];
            }
        }

        long inner = 1;
        for (var i = 0; i < summed.Length; i++)
        {
            order[(summedFirst ? 0 : free) + i] = summed[i];
            inner *= x.Shape[summed[i]];
        }

        matrix = summedFirst ? x.Permute(order).Reshape(inner, count) : x.Permute(order).Reshape(count, inner);
        return free;
    }
}
