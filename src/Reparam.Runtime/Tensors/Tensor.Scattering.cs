using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Elements written, added or taken at positions.</content>
public partial class Tensor
{
    /// <summary>A copy with the elements of another tensor written to positions of a dimension.</summary>
    [Counterpart("scatter")]
    public Tensor Scatter(long dim, Tensor index, Tensor src) => Clone().Scatter_(dim, index, src);

    /// <summary>Writes the elements of another tensor to positions of a dimension.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("scatter_")]
    public Tensor Scatter_(long dim, Tensor index, Tensor src) => IsUnloaded ? this : Scattering.Write(this, Dimension(dim), index, src, "scatter_");

    /// <summary>A copy with the elements of another tensor added at positions of a dimension.</summary>
    [Counterpart("scatter_add")]
    public Tensor ScatterAdd(long dim, Tensor index, Tensor src) => Clone().ScatterAdd_(dim, index, src);

    /// <summary>Adds the elements of another tensor at positions of a dimension.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("scatter_add_")]
    public Tensor ScatterAdd_(long dim, Tensor index, Tensor src) => IsUnloaded ? this : Scattering.Add(this, Dimension(dim), index, src, "scatter_add_");

    /// <summary>A copy with alpha times the parts of another tensor added at positions of a dimension.</summary>
    [Counterpart("index_add")]
    public Tensor IndexAdd(long dim, Tensor index, Tensor source, Scalar alpha) => Clone().IndexAdd_(dim, index, source, alpha);

    /// <summary>Adds alpha times the parts of another tensor at positions of a dimension.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_add_")]
    public Tensor IndexAdd_(long dim, Tensor index, Tensor source, Scalar alpha)
    {
        var at = Dimension(dim);
        return IsUnloaded
            ? this
            : Scattering.Add(this, at, Scattering.Spread(this, at, index, source, "index_add_"), source.Mul(alpha).As(Dtype), "index_add_");
    }

    /// <summary>A copy with the parts of another tensor written to positions of a dimension.</summary>
    [Counterpart("index_copy")]
    public Tensor IndexCopy(long dim, Tensor index, Tensor source) => Clone().IndexCopy_(dim, index, source);

    /// <summary>Writes the parts of another tensor to positions of a dimension.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_copy_")]
    public Tensor IndexCopy_(long dim, Tensor index, Tensor source)
    {
        var at = Dimension(dim);
        return IsUnloaded ? this : Scattering.Write(this, at, Scattering.Spread(this, at, index, source, "index_copy_"), source, "index_copy_");
    }

    /// <summary>A copy with a number at positions of a dimension.</summary>
    [Counterpart("index_fill")]
    public Tensor IndexFill(long dim, Tensor index, Scalar value) => Clone().IndexFill_(dim, index, value);

    /// <summary>Writes a number to positions of a dimension.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_fill_")]
    public Tensor IndexFill_(long dim, Tensor index, Scalar value)
    {
        var at = Dimension(dim);
        if (IsUnloaded)
        {
            return this;
        }

        foreach (var position in Scattering.Positions(index, "index_fill_").ToArray<long>())
        {
            (Rank == 0 ? this : Select(at, position)).Fill(value);
        }

        return this;
    }

    /// <summary>A copy with the elements of another tensor, in order, where a mask holds.</summary>
    [Counterpart("masked_scatter")]
    public Tensor MaskedScatter(Tensor mask, Tensor value)
    {
        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(Shape, mask.Shape, shape)];
        return Expand(shape).Clone().MaskedScatter_(mask, value);
    }

    /// <summary>Writes the elements of another tensor, in order, where a mask holds.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("masked_scatter_")]
    public Tensor MaskedScatter_(Tensor mask, Tensor value)
    {
        if (mask.Dtype != DType.Bool || value.Dtype != Dtype)
        {
            throw new InvalidOperationException($"masked_scatter_: the mask must be Bool and the values {Dtype}, but they are {mask.Dtype} and {value.Dtype}.");
        }

        if (IsUnloaded)
        {
            return this;
        }

        var wide = mask.Expand(Shape);
        var count = wide.Sum().Item<long>();
        if (count > value.Count)
        {
            throw new ArgumentException($"masked_scatter_: the mask holds at {count} places, but there are {value.Count} values.");
        }

        AdvancedIndex.Set(Rank == 0 ? Unsqueeze(0) : this, [Rank == 0 ? wide.Unsqueeze(0) : wide], [], value.Reshape(-1).Narrow(0, 0, count));
        return this;
    }

    /// <summary>A copy with a tensor in the place of one position of a dimension.</summary>
    [Counterpart("select_scatter")]
    public Tensor SelectScatter(Tensor src, long dim, long index) => With(copy => copy.Select(dim, index), src, "select_scatter");

    /// <summary>A copy with a tensor in the place of a slice.</summary>
    [Counterpart("slice_scatter")]
    public Tensor SliceScatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) =>
        With(copy => copy.Slice(dim, start ?? 0, end ?? long.MaxValue, step), src, "slice_scatter");

    /// <summary>A copy with a tensor in the place of a diagonal.</summary>
    [Counterpart("diagonal_scatter")]
    public Tensor DiagonalScatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        With(copy => copy.Diagonal(offset, dim1, dim2), src, "diagonal_scatter");

    /// <summary>Elements at positions of the flattened tensor.</summary>
    [Counterpart("take")]
    public Tensor Take(Tensor index)
    {
        if (index.Dtype != DType.Int64)
        {
            throw new ArgumentException($"take: the index must be Int64, but is {index.Dtype}.");
        }

        return AdvancedIndex.Get(Reshape(-1), [index], []);
    }

    /// <summary>Elements along a dimension at positions, which are broadcast to the other dimensions.</summary>
    [Counterpart("take_along_dim")]
    public Tensor TakeAlongDim(Tensor indices, long dim)
    {
        var at = Dimension(dim);
        if (indices.Rank != Rank)
        {
            throw new ArgumentException($"take_along_dim: indices {Layout.Describe(indices.Shape)} must have as many dimensions as {Layout.Describe(Shape)}.");
        }

        Span<long> sizes = stackalloc long[Rank];
        Span<long> places = stackalloc long[Rank];
        Shape.CopyTo(sizes);
        indices.Shape.CopyTo(places);
        (sizes[at], places[at]) = (1, 1);
        Span<long> common = stackalloc long[Rank];
        Layout.Broadcast(sizes, places, common);
        common.CopyTo(sizes);
        common.CopyTo(places);
        (sizes[at], places[at]) = (Shape[at], indices.Shape[at]);
        var inside = Selection.Where(indices.Lt(0), indices.Add(Shape[at]), indices);
        return Expand(sizes).Gather(at, inside.Expand(places));
    }

    /// <summary>Elements at positions of the flattened tensor.</summary>
    [Counterpart("take_along_dim")]
    public Tensor TakeAlongDim(Tensor indices) => Reshape(-1).TakeAlongDim(indices.Reshape(-1), 0);

    /// <summary>Positions in order, ascending unless <paramref name="descending"/>; equal elements keep their order.</summary>
    [Counterpart("argsort")]
    public Tensor Argsort(long dim = -1, bool descending = false) => Ordering.Argsort(this, Dimension(dim), descending);

    /// <summary>Elements in order, and where they were; equal elements keep their order.</summary>
    [Counterpart("sort")]
    public (Tensor Values, Tensor Indices) Sort(long dim = -1, bool descending = false, bool stable = false) => Ordering.Sort(this, Dimension(dim), descending);

    /// <summary>Elements in ascending order along the first dimension.</summary>
    [Counterpart("msort")]
    public Tensor Msort() => Rank == 0 ? Clone() : Ordering.Sort(this, 0, false).Values;

    /// <summary>The <paramref name="k"/> largest (or smallest) elements along a dimension, in order, and where they are.</summary>
    [Counterpart("topk")]
    public (Tensor values, Tensor indexes) Topk(int k, int dim = -1, bool largest = true, bool sorted = true)
    {
        var at = Dimension(dim);
        if (Dtype == DType.Float32)
        {
            return Choosing.Top(this, k, at, largest);
        }

        var length = Rank == 0 ? 1 : Shape[at];
        if (k < 0 || k > length)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"topk: k must be 0 to {length}, the size of dimension {dim}.");
        }

        var (values, order) = Ordering.Sort(Dtype == DType.Bool ? throw NoBool("topk") : this, at, largest);
        return Rank == 0 ? (values, order) : (values.Narrow(at, 0, k).Clone(), order.Narrow(at, 0, k).Clone());
    }

    /// <summary>Positions of the elements that differ from zero, [count, dimensions].</summary>
    [Counterpart("argwhere")]
    public Tensor Argwhere() => Nonzero();

    /// <summary>Positions of the elements that differ from zero, a vector for each dimension.</summary>
    [Counterpart("nonzero_as_list")]
    public IList<Tensor> NonzeroAsList() => Rank == 0 ? Unsqueeze(0).NonzeroAsList() : Nonzero().Unbind(1);

    /// <summary>How often each number from 0 on occurs, or the sum of its weights.</summary>
    [Counterpart("bincount")]
    public Tensor Bincount(Tensor? weights, long minlength = 0)
    {
        if (Rank != 1 || !ElementTypes.IsInteger(Dtype) || (weights is not null && !weights.Shape.SequenceEqual(Shape)))
        {
            throw new ArgumentException($"bincount takes a vector of integers with as many weights, not {Dtype} {Layout.Describe(Shape)}.");
        }

        var numbers = As(DType.Int64);
        if (Count > 0 && numbers.Min().Item<long>() is < 0 and var lowest)
        {
            throw new ArgumentException($"bincount: {lowest} is negative.");
        }

        var length = Math.Max(minlength, Count == 0 ? 0 : numbers.Max().Item<long>() + 1);
        var type = weights is null ? DType.Int64 : weights.Dtype == DType.Float32 ? DType.Float32 : DType.Float64;
        var counted = weights?.As(type) ?? Torch.Ones(Shape, type);
        return Torch.Zeros(length, type).ScatterAdd_(0, numbers, counted);
    }

    /// <summary>How many elements lie in each of the equal parts of a range; of the range of the elements when both ends are equal.</summary>
    [Counterpart("histc")]
    public Tensor Histc(long bins = 100, long min = 0, long max = 0)
    {
        if (bins < 1 || max < min)
        {
            throw new ArgumentException($"histc: {bins} parts of the range {min} to {max}.");
        }

        var values = RequireFloat("histc").As(DType.Float64).ToArray<double>();
        var (low, high) = min == max && values.Length > 0 ? (values.Min(), values.Max()) : (min, max);
        (low, high) = low == high ? (low - 1, high + 1) : (low, high);
        var counts = new double[bins];
        foreach (var value in values)
        {
            if (value >= low && value <= high)
            {
                counts[Math.Min(bins - 1, (long)((value - low) / (high - low) * bins))]++;
            }
        }

        return Torch.Tensor(counts).As(Dtype);
    }

    /// <summary>For each element, between which boundaries it lies.</summary>
    [Counterpart("bucketize")]
    public Tensor Bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => boundaries.Rank != 1
        ? throw new ArgumentException($"bucketize: the boundaries must be a vector, but are {Layout.Describe(boundaries.Shape)}.")
        : Ordering.Search(boundaries, this, right).As(outInt32 ? DType.Int32 : DType.Int64);

    /// <summary>Whether each element is one of others.</summary>
    [Counterpart("isin")]
    public Tensor Isin(Tensor test_elements, bool assumeUnique = false, bool invert = false)
    {
        var type = Numeric(TypeWith(test_elements), "isin");
        var sought = new HashSet<double>(test_elements.As(type).As(DType.Float64).ToArray<double>());
        sought.Remove(double.NaN);
        return Map(x => sought.Contains(x) != invert ? 1 : 0, DType.Float64, "isin").As(DType.Bool);
    }

    /// <summary>The distinct elements in ascending order, the place of each element among them, and how often each occurs.</summary>
    [Counterpart("unique")]
    public (Tensor output, Tensor? inverse_indices, Tensor? counts) Unique(
        bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
    {
        var (values, inverse, counts) = dim is { } given ? Ordering.UniqueParts(this, Dimension(given), false) : Ordering.Unique(this);
        return (values, return_inverse ? inverse : null, return_counts ? counts : null);
    }

    /// <summary>The elements without those that equal the one before.</summary>
    [Counterpart("unique_consecutive")]
    public (Tensor output, Tensor? inverse_indices, Tensor? counts) UniqueConsecutive(
        bool return_inverse = false, bool return_counts = false, int? dim = null)
    {
        var (values, inverse, counts) = dim is { } given ? Ordering.UniqueParts(this, Dimension(given), true) : Ordering.Runs(this);
        return (values, return_inverse ? inverse : null, return_counts ? counts : null);
    }

    /// <summary>Differences of neighbours along a dimension, n times.</summary>
    [Counterpart("diff")]
    public Tensor Diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null)
    {
        var at = Dimension(dim);
        Tensor[] parts = [.. new[] { prepend, this, append }.OfType<Tensor>()];
        var result = parts.Length == 1 ? this : Joining.Cat(parts, at);
        for (var step = 0; step < n; step++)
        {
            var length = Math.Max(0, result.Shape[at] - 1);
            var (later, earlier) = (result.Narrow(at, Math.Min(1, result.Shape[at]), length), result.Narrow(at, 0, length));
            result = Dtype == DType.Bool ? later.LogicalXor(earlier) : later.Sub(earlier);
        }

        return result;
    }

    /// <summary>Area under values a distance apart, by trapezoids.</summary>
    [Counterpart("trapezoid")]
    public Tensor Trapezoid(double dx = 1, long dim = -1) =>
        Rank > 0 && Shape[Dimension(dim)] == 0 ? Sum(dim, type: Dtype) : Trapezoids(dim).Sum(dim).Mul(dx / 2);

    /// <summary>Running area under values a distance apart, by trapezoids.</summary>
    [Counterpart("cumulative_trapezoid")]
    public Tensor CumulativeTrapezoid(double dx = 1, long dim = -1) => Trapezoids(dim).Cumsum(dim).Mul(dx / 2);

    private Tensor Trapezoids(long dim)
    {
        var at = Dimension(dim);
        var length = Dtype == DType.Bool ? throw NoBool("trapezoid") : Math.Max(0, Shape[at] - 1);
        return Narrow(at, Math.Min(1, Shape[at]), length).Add(Narrow(at, 0, length));
    }

    private Tensor With(Func<Tensor, Tensor> part, Tensor values, string operation)
    {
        var copy = Clone();
        var place = part(copy);
        if (!place.Shape.SequenceEqual(values.Shape))
        {
            throw new ArgumentException($"{operation}: a part of shape {Layout.Describe(values.Shape)} does not fit {Layout.Describe(place.Shape)}.");
        }

        place.Copy_(values);
        return copy;
    }
}
