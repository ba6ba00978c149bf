using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Further views, and elements in another order.</content>
public partial class Tensor
{
    /// <summary>Transposed and conjugated matrix.</summary>
    [Counterpart("H")]
    public Tensor H => Rank is 0 or 2 ? T.Conj() : throw new ArgumentException($"H takes a matrix, not {Layout.Describe(Shape)}.");

    /// <summary>The last two dimensions exchanged, the elements conjugated.</summary>
    [Counterpart("mH")]
    public Tensor MH => MT.Conj();

    /// <summary>The last two dimensions exchanged, the elements conjugated.</summary>
    [Counterpart("adjoint")]
    public Tensor Adjoint() => MH;

    /// <summary>The transpose of a matrix; a vector or number as it is.</summary>
    [Counterpart("t")]
    public Tensor t() => Rank <= 2 ? T : throw new ArgumentException($"t takes a matrix, not {Layout.Describe(Shape)}.");

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("swapaxes")]
    public Tensor Swapaxes(long dim0, long dim1) => Transpose(dim0, dim1);

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("swapdims")]
    public Tensor Swapdims(long dim0, long dim1) => Transpose(dim0, dim1);

    /// <summary>A view with dimensions moved to other places; the rest keeps its order.</summary>
    [Counterpart("movedim")]
    public Tensor Movedim(ReadOnlySpan<long> source, ReadOnlySpan<long> destination)
    {
        if (source.Length != destination.Length)
        {
            throw new ArgumentException($"movedim: {source.Length} dimensions cannot be moved to {destination.Length} places.");
        }

        Span<long> order = stackalloc long[Rank];
        order.Fill(-1);
        var moved = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var (from, to) = (Dimension(source[i]), Dimension(destination[i]));
            if ((moved & (1 << from)) != 0 || order[to] >= 0)
            {
                throw new ArgumentException($"movedim: a dimension is named twice in {Layout.Describe(source)} or {Layout.Describe(destination)}.");
            }

            moved |= 1 << from;
            order[to] = from;
        }

        var next = 0;
        for (var to = 0; to < order.Length; to++)
        {
            if (order[to] < 0)
            {
                while ((moved & (1 << next)) != 0)
                {
                    next++;
                }

                order[to] = next++;
            }
        }

        return Permute(order);
    }

    /// <summary>A view with dimensions moved to other places; the rest keeps its order.</summary>
    [Counterpart("moveaxis")]
    public Tensor Moveaxis(ReadOnlySpan<long> source, ReadOnlySpan<long> destination) => Movedim(source, destination);

    /// <summary>The elements as a vector.</summary>
    [Counterpart("ravel")]
    public Tensor Ravel() => Reshape(-1);

    /// <summary>A view with at least one dimension.</summary>
    [Counterpart("atleast_1d")]
    public Tensor Atleast1d() => Rank == 0 ? Reshape(1) : Alias();

    /// <summary>A view with at least two dimensions; they are added in front.</summary>
    [Counterpart("atleast_2d")]
    public Tensor Atleast2d() => Rank switch { 0 => Reshape(1, 1), 1 => Unsqueeze(0), _ => Alias() };

    /// <summary>A view with at least three dimensions; a matrix gets one behind.</summary>
    [Counterpart("atleast_3d")]
    public Tensor Atleast3d() => Rank switch { 0 => Reshape(1, 1, 1), 1 => Unsqueeze(0).Unsqueeze(-1), 2 => Unsqueeze(-1), _ => Alias() };

    /// <summary>A view of the memory with given sizes and strides, in elements from its beginning.</summary>
    /// <exception cref="ArgumentException">It would reach past the memory.</exception>
    [Counterpart("as_strided")]
    public Tensor AsStrided(ReadOnlySpan<long> size, ReadOnlySpan<long> strides, long storageOffset = 0)
    {
        if (size.Length != strides.Length)
        {
            throw new ArgumentException($"as_strided: {size.Length} sizes and {strides.Length} strides.");
        }

        var last = storageOffset;
        for (var i = 0; i < size.Length; i++)
        {
            if (size[i] < 0 || strides[i] < 0)
            {
                throw new ArgumentException($"as_strided: sizes {Layout.Describe(size)} and strides {Layout.Describe(strides)} must not be negative.");
            }

            last += Math.Max(0, size[i] - 1) * strides[i];
        }

        return !size.Contains(0) && (storageOffset < 0 || last >= Storage.Length(Dtype))
            ? throw new ArgumentException($"as_strided: the view reaches element {last} of a memory of {Storage.Length(Dtype)} elements.")
            : ViewAs(size, strides, (int)storageOffset);
    }

    /// <summary>A view of windows of a dimension: as many positions of it as there are windows, and a last dimension within them.</summary>
    [Counterpart("unfold")]
    public Tensor Unfold(long dimension, long size, long step)
    {
        var at = Dimension(dimension);
        var extent = Rank == 0 ? 1 : Shape[at];
        if (size < 0 || size > extent || step < 1)
        {
            throw new ArgumentException($"unfold: windows of {size}, {step} apart, do not fit dimension {dimension} of {Layout.Describe(Shape)}.");
        }

        if (Rank == 0)
        {
            return ViewAs([size], [1], offset);
        }

        Span<long> shape = stackalloc long[CheckedRank(Rank + 1)];
        Span<long> strides = stackalloc long[Rank + 1];
        Shape.CopyTo(shape);
        Strides.CopyTo(strides);
        (shape[^1], strides[^1]) = (size, Strides[at]);
        (shape[at], strides[at]) = (((extent - size) / step) + 1, Strides[at] * step);
        return ViewAs(shape, strides, offset);
    }

    /// <summary>A view of a diagonal of each matrix of two dimensions; it becomes the last dimension.</summary>
    [Counterpart("diagonal")]
    public Tensor Diagonal(long offset = 0, long dim1 = 0, long dim2 = 1)
    {
        var (a, b) = (Dimension(dim1), Dimension(dim2));
        if (Rank < 2 || a == b)
        {
            throw new ArgumentException($"diagonal: dimensions {dim1} and {dim2} of {Layout.Describe(Shape)} must differ.");
        }

        Span<long> shape = stackalloc long[Rank - 1];
        Span<long> strides = stackalloc long[Rank - 1];
        var next = 0;
        for (var i = 0; i < Rank; i++)
        {
            if (i != a && i != b)
            {
                (shape[next], strides[next++]) = (Shape[i], Strides[i]);
            }
        }

        var length = Math.Max(0, offset >= 0 ? Math.Min(Shape[a], Shape[b] - offset) : Math.Min(Shape[a] + offset, Shape[b]));
        (shape[next], strides[next]) = (length, Strides[a] + Strides[b]);
        var start = length == 0 ? 0 : offset >= 0 ? offset * Strides[b] : -offset * Strides[a];
        return ViewAs(shape, strides, this.offset + (int)start);
    }

    /// <summary>The diagonal of a matrix, or a matrix with a vector as its diagonal.</summary>
    [Counterpart("diag")]
    public Tensor Diag(long diagonal = 0) => Rank switch
    {
        1 => DiagEmbed(diagonal),
        2 => Diagonal(diagonal).Clone(),
        _ => throw new ArgumentException($"diag takes a vector or a matrix, not {Layout.Describe(Shape)}."),
    };

    /// <summary>Matrices that have the last dimension as a diagonal; the rest is zero.</summary>
    [Counterpart("diag_embed")]
    public Tensor DiagEmbed(long offset = 0, long dim1 = -2, long dim2 = -1)
    {
        if (Rank == 0)
        {
            throw new ArgumentException("diag_embed: a number has no dimension.");
        }

        var (a, b) = (Layout.Dimension(dim1, Rank + 1), Layout.Dimension(dim2, Rank + 1));
        if (a == b)
        {
            throw new ArgumentException($"diag_embed: dimensions {dim1} and {dim2} must differ.");
        }

        Span<long> shape = stackalloc long[CheckedRank(Rank + 1)];
        var next = 0;
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = i == a || i == b ? Shape[^1] + Math.Abs(offset) : Shape[next++];
        }

        var result = Allocate(Dtype, shape);
        result.Fill(0);
        result.Diagonal(offset, a, b).Copy_(this);
        return result;
    }

    /// <summary>A matrix with all elements on a diagonal.</summary>
    [Counterpart("diagflat")]
    public Tensor Diagflat(long offset = 0) => Reshape(-1).DiagEmbed(offset);

    /// <summary>The order of some dimensions reversed.</summary>
    [Counterpart("flip")]
    public Tensor Flip(params ReadOnlySpan<long> dims)
    {
        var mask = dims.IsEmpty ? 0 : Rows.Mask(this, dims);
        var result = Allocate(Dtype, Shape);
        Reordering.Flip(this, result, mask);
        return result;
    }

    /// <summary>The second dimension reversed.</summary>
    [Counterpart("fliplr")]
    public Tensor Fliplr() => Rank >= 2 ? Flip(1) : throw new ArgumentException("fliplr: at least two dimensions are needed.");

    /// <summary>The first dimension reversed.</summary>
    [Counterpart("flipud")]
    public Tensor Flipud() => Rank >= 1 ? Flip(0) : throw new ArgumentException("flipud: a dimension is needed.");

    /// <summary>Positions moved along dimensions; what leaves at the end comes in at the beginning. Without dimensions all elements are one row.</summary>
    [Counterpart("roll")]
    public Tensor Roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default)
    {
        if (dims.IsEmpty && shifts.Length == 1)
        {
            return Reshape(-1).Roll(shifts, [0]).Reshape(Shape);
        }

        if (shifts.Length != dims.Length || shifts.IsEmpty)
        {
            throw new ArgumentException($"roll: {shifts.Length} shifts and {dims.Length} dimensions.");
        }

        var result = this;
        for (var i = 0; i < shifts.Length; i++)
        {
            result = Reordering.Roll(result, result.Dimension(dims[i]), shifts[i]);
        }

        return result;
    }

    /// <summary>Positions moved along a dimension, or over all elements.</summary>
    [Counterpart("roll")]
    public Tensor Roll(long shifts, long? dims = null) => dims is { } dim ? Roll([shifts], [dim]) : Roll([shifts], []);

    /// <summary>Positions moved along two dimensions.</summary>
    [Counterpart("roll")]
    public Tensor Roll((long, long) shifts, (long, long) dims) => Roll([shifts.Item1, shifts.Item2], [dims.Item1, dims.Item2]);

    /// <summary>Positions moved along three dimensions.</summary>
    [Counterpart("roll")]
    public Tensor Roll((long, long, long) shifts, (long, long, long) dims) =>
        Roll([shifts.Item1, shifts.Item2, shifts.Item3], [dims.Item1, dims.Item2, dims.Item3]);

    /// <summary>Turned by k times 90 degrees in the plane of two dimensions, from the first to the second.</summary>
    [Counterpart("rot90")]
    public Tensor Rot90(long k = 1, (long, long)? dims = null)
    {
        var (first, second) = dims ?? (0, 1);
        var (a, b) = (Dimension(first), Dimension(second));
        if (Rank < 2 || a == b)
        {
            throw new ArgumentException($"rot90: dimensions {first} and {second} of {Layout.Describe(Shape)} must differ.");
        }

        return (((k % 4) + 4) % 4) switch
        {
            1 => Flip(b).Transpose(a, b),
            2 => Flip(a, b),
            3 => Flip(a).Transpose(a, b),
            _ => Clone(),
        };
    }

    /// <summary>Copies side by side; dimensions are added in front where there are more repetitions, repetitions of 1 where there are fewer.</summary>
    [Counterpart("tile")]
    public Tensor Tile(ReadOnlySpan<long> reps)
    {
        Span<long> all = stackalloc long[CheckedRank(Math.Max(Rank, reps.Length))];
        all.Fill(1);
        reps.CopyTo(all[(all.Length - reps.Length)..]);
        return Repeat(all);
    }

    /// <summary>Each position as many times in a row as another tensor says.</summary>
    [Counterpart("repeat_interleave")]
    public Tensor RepeatInterleave(Tensor repeats, long? dim = null, long? output_size = null)
    {
        if (dim is not { } given)
        {
            return Reshape(-1).RepeatInterleave(repeats, 0);
        }

        var at = Dimension(given);
        if (repeats.Dtype is not (DType.Int64 or DType.Int32) || repeats.Rank > 1)
        {
            throw new ArgumentException($"repeat_interleave: the repetitions must be a vector of Int64 or Int32, but are {repeats}.");
        }

        var counts = repeats.As(DType.Int64).Reshape(-1);
        if (counts.Count == 1)
        {
            return RepeatInterleave(counts.Item<long>(), given);
        }

        if (counts.Count != Shape[at])
        {
            throw new ArgumentException($"repeat_interleave: {counts.Count} numbers of repetitions for {Shape[at]} positions of dimension {given}.");
        }

        var places = new List<long>();
        var each = counts.ToArray<long>();
        for (var i = 0; i < each.Length; i++)
        {
            places.AddRange(Enumerable.Repeat((long)i, checked((int)each[i])));
        }

        return IndexSelect(at, Torch.Tensor(places.ToArray()));
    }

    /// <summary>Views of as equal a size as possible along a dimension: the first ones are longer.</summary>
    [Counterpart("tensor_split")]
    public Tensor[] TensorSplit(long size, long dim = 0)
    {
        var at = Dimension(dim);
        if (size < 1)
        {
            throw new ArgumentException($"tensor_split: the number of parts must be positive, but is {size}.");
        }

        var parts = TensorPool.Local.RentArray((int)size);
        var (length, longer) = (Shape[at] / size, Shape[at] % size);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Narrow(at, (i * length) + Math.Min(i, longer), length + (i < longer ? 1 : 0));
        }

        return parts;
    }

    /// <summary>Views between the given positions of a dimension.</summary>
    [Counterpart("tensor_split")]
    public Tensor[] TensorSplit(ReadOnlySpan<long> sizes, long dim = 0)
    {
        var at = Dimension(dim);
        var parts = TensorPool.Local.RentArray(sizes.Length + 1);
        long start = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var end = i < sizes.Length ? sizes[i] : Shape[at];
            parts[i] = Slice(at, start, end, 1);
            start = end;
        }

        return parts;
    }

    /// <summary>Views between the given positions of a dimension, or of as equal a size as possible.</summary>
    [Counterpart("tensor_split")]
    public Tensor[] TensorSplit(Tensor indices, long dim = 0) => indices.Rank == 0
        ? TensorSplit(indices.Item<long>(), dim)
        : TensorSplit(indices.As(DType.Int64).ToArray<long>(), dim);

    /// <summary>Equal parts along the columns; of a vector along its only dimension.</summary>
    [Counterpart("hsplit")]
    public Tensor[] Hsplit(long size) => EqualParts(size, Rank == 1 ? 0 : 1, 1, "hsplit");

    /// <summary>Parts between the given columns.</summary>
    [Counterpart("hsplit")]
    public Tensor[] Hsplit(params ReadOnlySpan<long> sizes) => TensorSplit(sizes, Rank == 1 ? 0 : 1);

    /// <summary>Equal parts along the rows.</summary>
    [Counterpart("vsplit")]
    public Tensor[] Vsplit(long size) => EqualParts(size, 0, 2, "vsplit");

    /// <summary>Parts between the given rows.</summary>
    [Counterpart("vsplit")]
    public Tensor[] Vsplit(params ReadOnlySpan<long> sizes) => TensorSplit(sizes, 0);

    /// <summary>Equal parts along the third dimension.</summary>
    [Counterpart("dsplit")]
    public Tensor[] Dsplit(long size) => EqualParts(size, 2, 3, "dsplit");

    /// <summary>Parts between the given positions of the third dimension.</summary>
    [Counterpart("dsplit")]
    public Tensor[] Dsplit(params ReadOnlySpan<long> sizes) => TensorSplit(sizes, 2);

    /// <summary>Channels of groups taken in turn.</summary>
    [Counterpart("channel_shuffle")]
    public Tensor ChannelShuffle(long groups)
    {
        if (Rank < 3 || groups < 1 || Shape[1] % groups != 0)
        {
            throw new ArgumentException($"channel_shuffle: the channels of {Layout.Describe(Shape)} cannot be split into {groups} groups.");
        }

        Span<long> shape = stackalloc long[CheckedRank(Rank + 1)];
        Shape.CopyTo(shape[1..]);
        (shape[0], shape[1], shape[2]) = (Shape[0], groups, Shape[1] / groups);
        return Reshape(shape).Transpose(1, 2).Reshape(Shape);
    }

    /// <summary>Adds a dimension of size 1 to this tensor itself.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("unsqueeze_")]
    public Tensor Unsqueeze_(long dim) => Become(Unsqueeze(dim));

    /// <summary>Removes a dimension of size 1, or all of them, from this tensor itself.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("squeeze_")]
    public Tensor Squeeze_(long? dim = null) => Become(Squeeze(dim));

    /// <summary>Exchanges two dimensions of this tensor itself.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("transpose_")]
    public Tensor Transpose_(long dim0, long dim1) => Become(Transpose(dim0, dim1));

    private Tensor[] EqualParts(long size, int dim, int minimum, string operation) => Rank >= minimum && size > 0 && Shape[dim] % size == 0
        ? TensorSplit(size, dim)
        : throw new ArgumentException($"{operation}: {Layout.Describe(Shape)} cannot be split into {size} equal parts.");

    private Tensor Become(Tensor view)
    {
        rank = view.rank;
        offset = view.offset;
        Lay(view.Shape, view.Strides);
        return this;
    }
}
