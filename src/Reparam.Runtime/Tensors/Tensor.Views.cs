namespace Reparam.Runtime;

public partial class Tensor
{
    /// <summary>The transpose of a matrix; a vector or scalar is given back as it is.</summary>
    [Counterpart("T")]
    public Tensor T
    {
        get
        {
            Span<long> order = stackalloc long[Rank];
            for (var i = 0; i < order.Length; i++)
            {
                order[i] = order.Length - 1 - i;
            }

            return Permute(order);
        }
    }

    /// <summary>The tensor with its last two dimensions exchanged; a scalar is given back as it is.</summary>
    [Counterpart("mT")]
    public Tensor MT => Rank == 0 ? Alias() : Transpose(-2, -1);

    /// <summary>The same memory in another shape; one size may be −1.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    /// <exception cref="InvalidOperationException">The memory has no such shape without copying: use <see cref="Reshape"/>.</exception>
    [Counterpart("view")]
    public Tensor View(params ReadOnlySpan<long> shape) => TryView(shape) ?? throw new InvalidOperationException(
        $"View size is not compatible with the tensor's size and stride: {Layout.Describe(Shape)} with strides {Layout.Describe(Strides)} " +
        $"cannot be seen as {Layout.Describe(shape)} without copying. Use reshape.");

    /// <summary>The same memory in the shape of another tensor.</summary>
    [Counterpart("view_as")]
    public Tensor ViewAs(Tensor other) => View(other.Shape);

    /// <summary>The elements in another shape: a view where possible, a copy otherwise. One size may be −1.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    [Counterpart("reshape")]
    public Tensor Reshape(params ReadOnlySpan<long> shape) => TryView(shape) ?? Clone().View(shape);

    /// <summary>Merges the dimensions from <paramref name="start_dim"/> to <paramref name="end_dim"/> into one.</summary>
    [Counterpart("flatten")]
    public Tensor Flatten(long start_dim = 0, long end_dim = -1)
    {
        var start = Dimension(start_dim);
        var end = Dimension(end_dim);
        if (start > end)
        {
            throw new ArgumentException($"flatten: start_dim {start_dim} comes after end_dim {end_dim} in {Layout.Describe(Shape)}.");
        }

        if (Rank == 0)
        {
            return Reshape(1);
        }

        Span<long> shape = stackalloc long[Rank - (end - start)];
        Shape[..start].CopyTo(shape);
        shape[start] = Layout.Count(Shape[start..(end + 1)]);
        Shape[(end + 1)..].CopyTo(shape[(start + 1)..]);
        return Reshape(shape);
    }

    /// <summary>Splits a dimension into several; one size may be −1.</summary>
    [Counterpart("unflatten")]
    public Tensor Unflatten(long dim, params ReadOnlySpan<long> sizes)
    {
        var at = Dimension(dim);
        Span<long> inner = stackalloc long[sizes.Length];
        Layout.InferSizes(sizes, Shape[at], inner);
        Span<long> shape = stackalloc long[Rank - 1 + sizes.Length];
        Shape[..at].CopyTo(shape);
        inner.CopyTo(shape[at..]);
        Shape[(at + 1)..].CopyTo(shape[(at + sizes.Length)..]);
        return View(shape);
    }

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("transpose")]
    public Tensor Transpose(long dim0, long dim1)
    {
        var a = Dimension(dim0);
        var b = Dimension(dim1);
        if (Rank == 0)
        {
            return Alias();
        }

        Span<long> order = stackalloc long[Rank];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i == a ? b : i == b ? a : i;
        }

        return Permute(order);
    }

    /// <summary>A view with the dimensions in another order.</summary>
    /// <exception cref="ArgumentException">The order does not name each dimension once.</exception>
    [Counterpart("permute")]
    public Tensor Permute(params ReadOnlySpan<long> permutation)
    {
        if (permutation.Length != Rank)
        {
            throw new ArgumentException($"permute: {permutation.Length} dimensions given for a tensor of shape {Layout.Describe(Shape)}.");
        }

        Span<long> shape = stackalloc long[Rank];
        Span<long> strides = stackalloc long[Rank];
        var seen = 0;
        for (var i = 0; i < shape.Length; i++)
        {
            var from = Dimension(permutation[i]);
            if ((seen & (1 << from)) != 0)
            {
                throw new ArgumentException($"permute: dimension {from} is named twice in {Layout.Describe(permutation)}.");
            }

            seen |= 1 << from;
            shape[i] = Shape[from];
            strides[i] = Strides[from];
        }

        return this is Parameter { Packed: not null, Rank: 2 } weight && Dimension(permutation[0]) == 1
            ? new TransposedWeight(weight)
            : ViewAs(shape, strides, offset);
    }

    /// <summary>A view with a dimension of size 1 added.</summary>
    [Counterpart("unsqueeze")]
    public Tensor Unsqueeze(long dim)
    {
        var at = Layout.Dimension(dim, Rank + 1);
        Span<long> shape = stackalloc long[CheckedRank(Rank + 1)];
        Span<long> strides = stackalloc long[Rank + 1];
        Shape[..at].CopyTo(shape);
        Strides[..at].CopyTo(strides);
        shape[at] = 1;
        strides[at] = at < Rank ? Shape[at] * Strides[at] : 1;
        Shape[at..].CopyTo(shape[(at + 1)..]);
        Strides[at..].CopyTo(strides[(at + 1)..]);
        return ViewAs(shape, strides, offset);
    }

    /// <summary>A view without a dimension of size 1, or without all of them. A dimension of another size stays.</summary>
    [Counterpart("squeeze")]
    public Tensor Squeeze(long? dim = null)
    {
        var only = dim is { } given ? Dimension(given) : -1;
        Span<long> shape = stackalloc long[Rank];
        Span<long> strides = stackalloc long[Rank];
        var count = 0;
        for (var i = 0; i < Rank; i++)
        {
            if (Shape[i] != 1 || (only >= 0 && i != only))
            {
                shape[count] = Shape[i];
                strides[count++] = Strides[i];
            }
        }

        return ViewAs(shape[..count], strides[..count], offset);
    }

    /// <summary>A view that repeats dimensions of size 1, and adds dimensions in front. −1 keeps a size.</summary>
    /// <exception cref="ArgumentException">A size differs and is not 1.</exception>
    [Counterpart("expand")]
    public Tensor Expand(ReadOnlySpan<long> sizes, bool isImplicit) => Expand(sizes);

    /// <summary>A view that repeats dimensions of size 1, and adds dimensions in front. −1 keeps a size.</summary>
    /// <exception cref="ArgumentException">A size differs and is not 1.</exception>
    [Counterpart("expand")]
    public Tensor Expand(params ReadOnlySpan<long> sizes)
    {
        if (sizes.Length < Rank)
        {
            throw new ArgumentException($"expand: {Layout.Describe(sizes)} has fewer dimensions than the tensor's shape {Layout.Describe(Shape)}.");
        }

        Span<long> shape = stackalloc long[CheckedRank(sizes.Length)];
        Span<long> strides = stackalloc long[sizes.Length];
        var added = sizes.Length - Rank;
        for (var i = 0; i < shape.Length; i++)
        {
            if (sizes[i] < -1 || (sizes[i] == -1 && i < added))
            {
                throw new ArgumentException($"expand: size {sizes[i]} is not allowed at dimension {i} of {Layout.Describe(sizes)}.");
            }

            shape[i] = sizes[i] == -1 ? Shape[i - added] : sizes[i];
        }

        Layout.BroadcastStrides(Shape, Strides, shape, strides);
        return ViewAs(shape, strides, offset);
    }

    /// <summary>A view repeated to the shape of another tensor.</summary>
    [Counterpart("expand_as")]
    public Tensor ExpandAs(Tensor other) => Expand(other.Shape);

    /// <summary>A view repeated to a shape.</summary>
    [Counterpart("broadcast_to")]
    public Tensor BroadcastTo(params ReadOnlySpan<long> shape) => Expand(shape);

    /// <summary>A view of <paramref name="length"/> positions of a dimension.</summary>
    /// <exception cref="ArgumentException">The positions do not lie within the dimension.</exception>
    [Counterpart("narrow")]
    public Tensor Narrow(long dim, long start, long length)
    {
        var at = Dimension(dim);
        if (Rank == 0)
        {
            throw new ArgumentException("narrow: a scalar has no dimension.");
        }

        var size = Shape[at];
        if (start < -size || start > size || length < 0 || (start < 0 ? start + size : start) + length > size)
        {
            throw new ArgumentException($"narrow: start {start} and length {length} exceed dimension {at} of size {size}.");
        }

        return Cut(at, start < 0 ? start + size : start, length, 1);
    }

    /// <summary>A view of one position of a dimension, which is removed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position does not lie within the dimension.</exception>
    [Counterpart("select")]
    public Tensor Select(long dim, long index)
    {
        var at = Dimension(dim);
        if (Rank == 0)
        {
            throw new ArgumentException("select: a scalar has no dimension.");
        }

        var size = Shape[at];
        if (index < -size || index >= size)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"Index {index} is out of range for dimension {at} of size {size}.");
        }

        Span<long> shape = stackalloc long[Rank - 1];
        Span<long> strides = stackalloc long[Rank - 1];
        Shape[..at].CopyTo(shape);
        Strides[..at].CopyTo(strides);
        Shape[(at + 1)..].CopyTo(shape[at..]);
        Strides[(at + 1)..].CopyTo(strides[at..]);
        return ViewAs(shape, strides, offset + (int)((index < 0 ? index + size : index) * Strides[at]));
    }

    /// <summary>A view of the positions start, start + step, … before finish; negative ones count from the end, others are cut to the dimension.</summary>
    [Counterpart("slice")]
    public Tensor Slice(long dim, long start, long finish, long step)
    {
        var at = Dimension(dim);
        if (Rank == 0)
        {
            throw new ArgumentException("slice: a scalar has no dimension.");
        }

        if (step < 1)
        {
            throw new ArgumentException($"slice: step must be greater than zero, but is {step}.");
        }

        var size = Shape[at];
        start = Math.Clamp(start < 0 ? start + size : start, 0, size);
        finish = Math.Clamp(finish < 0 ? finish + size : finish, start, size);
        return Cut(at, start, (finish - start + step - 1) / step, step);
    }

    /// <summary>A view of everything.</summary>
    [Counterpart("alias")]
    public Tensor Alias() => ViewAs(Shape, Strides, offset);

    /// <summary>A view of everything; there is no gradient to detach from.</summary>
    [Counterpart("detach")]
    public Tensor Detach() => Alias();

    internal static int CheckedRank(int rank) => rank <= Extents.MaxRank
        ? rank
        : throw new ArgumentException($"A tensor has at most {Extents.MaxRank} dimensions; {rank} were asked for.");

    private Tensor? TryView(ReadOnlySpan<long> shape)
    {
        Span<long> sizes = stackalloc long[CheckedRank(shape.Length)];
        Span<long> strides = stackalloc long[shape.Length];
        Layout.InferSizes(shape, Count, sizes);
        return Layout.TryViewStrides(Shape, Strides, sizes, strides) ? ViewAs(sizes, strides, offset) : null;
    }

    private Tensor Cut(int dim, long start, long length, long step)
    {
        Span<long> shape = stackalloc long[Rank];
        Span<long> strides = stackalloc long[Rank];
        Shape.CopyTo(shape);
        Strides.CopyTo(strides);
        shape[dim] = length;
        strides[dim] *= step;
        return ViewAs(shape, strides, offset + (int)(start * Strides[dim]));
    }
}
