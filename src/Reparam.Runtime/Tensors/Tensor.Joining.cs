using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Parts and repetitions, and elements chosen by position.</content>
public partial class Tensor
{
    /// <summary>Views of <paramref name="size"/> positions each along a dimension; the last may be shorter.</summary>
    [Counterpart("split")]
    public Tensor[] Split(long size, int dim = 0)
    {
        var at = Dimension(dim);
        if (size < 1)
        {
            throw new ArgumentException($"split: the size of a part must be positive, but is {size}.");
        }

        var total = Shape[at];
        var parts = TensorPool.Local.RentArray((int)Math.Max(1, (total + size - 1) / size));
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Narrow(at, i * size, Math.Min(size, total - i * size));
        }

        return parts;
    }

    /// <summary>Views of the given sizes along a dimension.</summary>
    /// <exception cref="ArgumentException">The sizes do not add up to the dimension.</exception>
    [Counterpart("split")]
    public Tensor[] Split(ReadOnlySpan<long> sizes, long dim = 0)
    {
        var at = Dimension(dim);
        long sum = 0;
        foreach (var size in sizes)
        {
            sum += size;
        }

        if (sum != Shape[at])
        {
            throw new ArgumentException($"split: sizes {Layout.Describe(sizes)} do not add up to dimension {at} of {Layout.Describe(Shape)}.");
        }

        var parts = TensorPool.Local.RentArray(sizes.Length);
        long start = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Narrow(at, start, sizes[i]);
            start += sizes[i];
        }

        return parts;
    }

    /// <summary>At most <paramref name="chunks"/> views of equal size along a dimension; the last may be shorter.</summary>
    [Counterpart("chunk")]
    public Tensor[] Chunk(long chunks, long dim = 0)
    {
        if (chunks < 1)
        {
            throw new ArgumentException($"chunk: the number of parts must be positive, but is {chunks}.");
        }

        var at = Dimension(dim);
        return Split(Math.Max(1, (Shape[at] + chunks - 1) / chunks), at);
    }

    /// <summary>A view of each position of a dimension.</summary>
    [Counterpart("unbind")]
    public Tensor[] Unbind(long dimension = 0)
    {
        var at = Dimension(dimension);
        if (Rank == 0)
        {
            throw new ArgumentException("unbind: a scalar has no dimension.");
        }

        var parts = TensorPool.Local.RentArray((int)Shape[at]);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Select(at, i);
        }

        return parts;
    }

    /// <summary>Copies side by side, <c>sizes[i]</c> times along dimension i; further dimensions are added in front.</summary>
    [Counterpart("repeat")]
    public Tensor Repeat(params ReadOnlySpan<long> sizes)
    {
        if (sizes.Length < Rank)
        {
            throw new ArgumentException($"repeat: {Layout.Describe(sizes)} has fewer dimensions than the tensor's shape {Layout.Describe(Shape)}.");
        }

        Span<long> shape = stackalloc long[CheckedRank(sizes.Length)];
        shape.Fill(1);
        Shape.CopyTo(shape[(sizes.Length - Rank)..]);
        var result = View(shape);
        for (var dim = 0; dim < sizes.Length; dim++)
        {
            result = Joining.Repeat(result, dim, (int)sizes[dim]);
        }

        return result.IsContiguous() && !ReferenceEquals(result.Storage, Storage) ? result : result.Clone();
    }

    /// <summary>Each position <paramref name="repeats"/> times in a row, along a dimension or over all elements.</summary>
    [Counterpart("repeat_interleave")]
    public Tensor RepeatInterleave(long repeats, long? dim = null, long? output_size = null)
    {
        if (dim is not { } given)
        {
            return Reshape(-1).RepeatInterleave(repeats, 0);
        }

        if (repeats < 0)
        {
            throw new ArgumentException($"repeat_interleave: repeats must not be negative, but is {repeats}.");
        }

        var at = Dimension(given);
        Span<long> shape = stackalloc long[CheckedRank(Rank + 1)];
        Shape[..(at + 1)].CopyTo(shape);
        shape[at + 1] = repeats;
        Shape[(at + 1)..].CopyTo(shape[(at + 2)..]);
        return Unsqueeze(at + 1).Expand(shape).Clone().Flatten(at, at + 1);
    }

    /// <summary>Elements along a dimension at the positions of an integer tensor of the same rank.</summary>
    [Counterpart("gather")]
    public Tensor Gather(long dim, Tensor index) => Choosing.Gather(this, Dimension(dim), index);

    /// <summary>Positions of a dimension, in the order of an integer vector.</summary>
    [Counterpart("index_select")]
    public Tensor IndexSelect(long dim, Tensor index) => Choosing.IndexSelect(this, Dimension(dim), index);

    /// <summary>The elements where a mask holds, as a vector; the mask is broadcast.</summary>
    /// <exception cref="InvalidOperationException">The mask has no truth values.</exception>
    [Counterpart("masked_select")]
    public Tensor MaskedSelect(Tensor mask)
    {
        if (mask.Dtype != DType.Bool)
        {
            throw new InvalidOperationException($"masked_select: the mask must be Bool, but is {mask.Dtype}.");
        }

        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(Shape, mask.Shape, shape)];
        return AdvancedIndex.Get(Expand(shape).Reshape(-1), [mask.Expand(shape).Reshape(-1)], []);
    }

    /// <summary>Positions of the elements that differ from zero, [count, dimensions].</summary>
    [Counterpart("nonzero")]
    public Tensor Nonzero() => Choosing.Nonzero(As(DType.Bool));

    /// <summary>The lower triangle of matrices; the rest is zero.</summary>
    /// <param name="diagonal">The last diagonal that is kept: 0 the main one, above it positive.</param>
    [Counterpart("tril")]
    public Tensor Tril(long diagonal = 0) => Choosing.Triangle(this, long.MinValue, diagonal);

    /// <summary>The upper triangle of matrices; the rest is zero.</summary>
    /// <param name="diagonal">The first diagonal that is kept: 0 the main one, above it positive.</param>
    [Counterpart("triu")]
    public Tensor Triu(long diagonal = 0) => Choosing.Triangle(this, diagonal, long.MaxValue);
}
