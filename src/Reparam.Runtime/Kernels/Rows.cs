namespace Reparam.Runtime.Kernels;

/// <summary>Brings chosen dimensions to the end, so that a row kernel can run over them.</summary>
internal static class Rows
{
    /// <summary>Reduces the dimensions of <paramref name="mask"/> (one bit each) to one element.</summary>
    public static Tensor Reduce<TOp, TIn, TOut>(Tensor x, int mask, bool keepdim)
        where TOp : struct, IReduction<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        Span<long> shape = stackalloc long[x.Rank];
        var rank = ReducedShape(x, mask, keepdim, shape, out var length);
        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), shape[..rank]);
        var rows = Pointwise.Flat<TIn>(AtEnd(x, mask));
        var target = Pointwise.Flat<TOut>(result);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = TOp.Apply(rows.Slice(i * length, length));
        }

        return result;
    }

    /// <summary>Maps each row along a dimension to a row of the same length.</summary>
    public static Tensor Map<TOp, TIn, TOut>(Tensor x, int dim)
        where TOp : struct, IUnary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        if (x.Rank == 0)
        {
            return Map<TOp, TIn, TOut>(x.Unsqueeze(0), 0).Select(0, 0);
        }

        var source = dim == x.Rank - 1 ? x : x.Transpose(dim, -1);
        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), source.Shape);
        var length = (int)source.Shape[^1];
        var from = Pointwise.Flat<TIn>(source.AsContiguous());
        var to = Pointwise.Flat<TOut>(result);
        for (var start = 0; start < from.Length; start += length)
        {
            TOp.Apply(from.Slice(start, length), to.Slice(start, length));
        }

        return dim == x.Rank - 1 ? result : result.Transpose(dim, -1).AsContiguous();
    }

    /// <summary>Reduces the dimensions of <paramref name="mask"/> (one bit each) to one element, by a function of a row.</summary>
    public static Tensor Reduce<TIn, TOut>(Tensor x, int mask, bool keepdim, RowFunction<TIn, TOut> function)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        Span<long> shape = stackalloc long[x.Rank];
        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), shape[..ReducedShape(x, mask, keepdim, shape, out var length)]);
        var rows = Pointwise.Flat<TIn>(AtEnd(x, mask));
        var target = Pointwise.Flat<TOut>(result);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = function(rows.Slice(i * length, length));
        }

        return result;
    }

    /// <summary>Maps each row along a dimension to a row of the same length, by a function.</summary>
    public static Tensor Map<TIn, TOut>(Tensor x, int dim, RowAction<TIn, TOut> function)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        if (x.Rank == 0)
        {
            return Map(x.Unsqueeze(0), 0, function).Select(0, 0);
        }

        var source = dim == x.Rank - 1 ? x : x.Transpose(dim, -1);
        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), source.Shape);
        var length = (int)source.Shape[^1];
        var from = Pointwise.Flat<TIn>(source.AsContiguous());
        var to = Pointwise.Flat<TOut>(result);
        for (var start = 0; start < from.Length; start += length)
        {
            function(from.Slice(start, length), to.Slice(start, length));
        }

        return dim == x.Rank - 1 ? result : result.Transpose(dim, -1).AsContiguous();
    }

    /// <summary>One bit for each dimension named; all when none is.</summary>
    /// <exception cref="ArgumentException">A dimension is named twice.</exception>
    public static int Mask(Tensor x, ReadOnlySpan<long> dims)
    {
        var mask = 0;
        foreach (var dim in dims)
        {
            var bit = 1 << x.Dimension(dim);
            if ((mask & bit) != 0)
            {
                throw new ArgumentException($"Dimension {dim} appears twice in {Layout.Describe(dims)}.");
            }

            mask |= bit;
        }

        return dims.IsEmpty ? -1 : mask;
    }

    // Writes the shape that is left, and gives its rank and the number of elements that become one.
    private static int ReducedShape(Tensor x, int mask, bool keepdim, Span<long> shape, out int length)
    {
        var rank = 0;
        length = 1;
        for (var i = 0; i < x.Rank; i++)
        {
            if ((mask & (1 << i)) == 0)
            {
                shape[rank++] = x.Shape[i];
            }
            else
            {
                length *= (int)x.Shape[i];
                if (keepdim)
                {
                    shape[rank++] = 1;
                }
            }
        }

        return rank;
    }

    private static Tensor AtEnd(Tensor x, int mask)
    {
        Span<long> order = stackalloc long[x.Rank];
        var next = 0;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < x.Rank; i++)
            {
                if (((mask >> i) & 1) == pass)
                {
                    order[next++] = i;
                }
            }
        }

        return x.Permute(order).AsContiguous();
    }
}
