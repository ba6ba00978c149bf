namespace Reparam.Runtime.Kernels;

/// <summary>Indexing by tensors: integers are broadcast against each other, a mask stands for the positions where it holds.</summary>
internal static class AdvancedIndex
{
    /// <summary>Gathers. <paramref name="dims"/> names the first dimension of each index; without it they take the leading ones.</summary>
    public static Tensor Get(Tensor x, ReadOnlySpan<Tensor> indices, ReadOnlySpan<int> dims)
    {
        Span<int> taken = stackalloc int[Extents.MaxRank];
        var positions = Resolve(x, indices, dims, taken, out var count);
        taken = taken[..count];
        var source = IndexedFirst(x, taken).AsContiguous();
        var rest = source.Shape[count..];
        Span<long> shape = stackalloc long[Tensor.CheckedRank(positions[0].Rank + rest.Length)];
        positions[0].Shape.CopyTo(shape);
        rest.CopyTo(shape[positions[0].Rank..]);
        var result = Tensor.Allocate(x.Dtype, shape);
        Moving.Run(x.Dtype, new GatherMove(source, positions, result, (int)Layout.Count(rest)));

        return Neighbours(taken) ? MovedBack(result, positions[0].Rank, taken[0]) : result;
    }

    /// <summary>Writes the broadcast value at the positions; the last write to a position stays, unless values are added.</summary>
    public static void Set(Tensor x, ReadOnlySpan<Tensor> indices, ReadOnlySpan<int> dims, Tensor value, bool accumulate = false)
    {
        Span<int> taken = stackalloc int[Extents.MaxRank];
        var positions = Resolve(x, indices, dims, taken, out var count);
        taken = taken[..count];
        var target = IndexedFirst(x, taken);
        var batchRank = positions[0].Rank;

        // The value has the shape that a read would give; bring the positions' dimensions to the front there too.
        Span<long> shape = stackalloc long[Tensor.CheckedRank(batchRank + x.Rank - count)];
        var front = Neighbours(taken) ? taken[0] : 0;
        target.Shape.Slice(count, front).CopyTo(shape);
        positions[0].Shape.CopyTo(shape[front..]);
        target.Shape[(count + front)..].CopyTo(shape[(front + batchRank)..]);
        var wide = value.Expand(shape);
        Span<long> order = stackalloc long[shape.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i < batchRank ? front + i : i < batchRank + front ? i - batchRank : i;
        }

        Span<long> flat = stackalloc long[1 + shape.Length - batchRank];
        flat[0] = positions[0].Count;
        target.Shape[count..].CopyTo(flat[1..]);
        var values = wide.Permute(order).Reshape(flat);
        for (var i = 0; i < positions[0].Count; i++)
        {
            var place = target;
            for (var d = 0; d < count; d++)
            {
                place = place.Select(0, Pointwise.Flat<long>(positions[d])[i]);
            }

            var part = values.Select(0, i);
            place.Copy_(accumulate ? place.Add(part.As(x.Dtype)) : part);
        }
    }

    private static void Gather<T>(Tensor source, Tensor[] positions, Tensor result, int rowLength)
        where T : unmanaged
    {
        var from = Pointwise.Flat<T>(source);
        var to = Pointwise.Flat<T>(result);
        for (var i = 0; i < positions[0].Count; i++)
        {
            long row = 0;
            for (var d = 0; d < positions.Length; d++)
            {
                var size = source.Shape[d];
                var index = Pointwise.Flat<long>(positions[d])[i];
                if (index < -size || index >= size)
                {
                    throw new ArgumentOutOfRangeException(nameof(positions), index, $"Index {index} is out of range for dimension {d} of size {size}.");
                }

                row = row * size + (index < 0 ? index + size : index);
            }

            from.Slice((int)(row * rowLength), rowLength).CopyTo(to.Slice(i * rowLength, rowLength));
        }
    }

    /// <summary>Masks become positions, all positions get one shape, contiguous.</summary>
    private static Tensor[] Resolve(Tensor x, ReadOnlySpan<Tensor> indices, ReadOnlySpan<int> dims, Span<int> taken, out int count)
    {
        var positions = new List<Tensor>();
        var dim = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            dim = dims.IsEmpty ? dim : dims[i];
            var index = indices[i];
            if (index.Dtype is not (DType.Int64 or DType.Int32 or DType.Bool or DType.Byte))
            {
                throw new ArgumentException($"Tensors used as indices must be Int64, Int32, Byte or Bool, not {index.Dtype}.");
            }

            // Bytes are truth values here, as in libtorch.
            index = index.As(index.Dtype is DType.Bool or DType.Byte ? DType.Bool : DType.Int64);
            var width = index.Dtype == DType.Bool ? index.Rank : 1;
            if (dim + width > x.Rank || positions.Count + width > Extents.MaxRank)
            {
                throw new ArgumentException($"Too many indices for a tensor of shape {Layout.Describe(x.Shape)}.");
            }

            if (index.Dtype == DType.Bool && !index.Shape.SequenceEqual(x.Shape.Slice(dim, width)))
            {
                throw new ArgumentException(
                    $"A mask of shape {Layout.Describe(index.Shape)} does not fit the tensor {Layout.Describe(x.Shape)} at dimension {dim}.");
            }

            var found = index.Dtype == DType.Bool ? index.Nonzero() : null;
            for (var k = 0; k < width; k++)
            {
                taken[positions.Count] = dim++;
                positions.Add(found is null ? index : found.Select(1, k));
            }
        }

        if (positions.Count == 0)
        {
            throw new ArgumentException("A mask without dimensions cannot index here: use where.");
        }

        Span<long> shape = stackalloc long[Extents.MaxRank];
        Span<long> wider = stackalloc long[Extents.MaxRank];
        var rank = 0;
        foreach (var position in positions)
        {
            rank = Layout.Broadcast(shape[..rank], position.Shape, wider);
            wider.CopyTo(shape);
        }

        for (var i = 0; i < positions.Count; i++)
        {
            positions[i] = positions[i].Expand(shape[..rank]).AsContiguous();
        }

        count = positions.Count;
        return [.. positions];
    }

    private static Tensor IndexedFirst(Tensor x, ReadOnlySpan<int> taken)
    {
        Span<long> order = stackalloc long[x.Rank];
        var next = 0;
        foreach (var dim in taken)
        {
            order[next++] = dim;
        }

        for (var i = 0; i < x.Rank; i++)
        {
            if (!taken.Contains(i))
            {
                order[next++] = i;
            }
        }

        return x.Permute(order);
    }

    private readonly struct GatherMove(Tensor source, Tensor[] positions, Tensor result, int rowLength) : IElementWork
    {
        public void Run<T>()
            where T : unmanaged
            => Gather<T>(source, positions, result, rowLength);
    }

    private static bool Neighbours(ReadOnlySpan<int> taken) => taken[^1] - taken[0] == taken.Length - 1;

    private static Tensor MovedBack(Tensor result, int batchRank, int front)
    {
        Span<long> order = stackalloc long[result.Rank];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i < front ? batchRank + i : i < front + batchRank ? i - front : i;
        }

        return result.Permute(order);
    }
}
