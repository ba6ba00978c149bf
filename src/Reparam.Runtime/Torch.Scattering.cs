namespace Reparam.Runtime;

/// <content>Functional forms of what reads, writes and orders by position.</content>
public static partial class Torch
{
    /// <summary>Positions in order, ascending unless descending; equal elements keep their order.</summary>
    [Counterpart("argsort")]
    public static Tensor Argsort(Tensor input, long dim = -1, bool descending = false) => input.Argsort(dim, descending);

    /// <summary>Positions of the elements that differ from zero, [count, dimensions].</summary>
    [Counterpart("argwhere")]
    public static Tensor Argwhere(Tensor input) => input.Argwhere();

    /// <summary>How often each number from 0 on occurs, or the sum of its weights.</summary>
    [Counterpart("bincount")]
    public static Tensor Bincount(Tensor input, Tensor? weights = null, long minlength = 0) => input.Bincount(weights, minlength);

    /// <summary>For each element, between which boundaries it lies.</summary>
    [Counterpart("bucketize")]
    public static Tensor Bucketize(Tensor input, Tensor boundaries, bool outInt32 = false, bool right = false) =>
        input.Bucketize(boundaries, outInt32, right);

    /// <summary>Running area under values a distance apart, by trapezoids.</summary>
    [Counterpart("cumulative_trapezoid")]
    public static Tensor CumulativeTrapezoid(Tensor y, double dx = 1, long dim = -1) => y.CumulativeTrapezoid(dx, dim);

    /// <summary>A copy with a tensor in the place of a diagonal.</summary>
    [Counterpart("diagonal_scatter")]
    public static Tensor DiagonalScatter(Tensor input, Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        input.DiagonalScatter(src, offset, dim1, dim2);

    /// <summary>Differences of neighbours along a dimension, n times.</summary>
    [Counterpart("diff")]
    public static Tensor Diff(Tensor input, long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => input.Diff(n, dim, prepend, append);

    /// <summary>How many elements lie in each of the equal parts of a range; of the range of the elements when both ends are equal.</summary>
    [Counterpart("histc")]
    public static Tensor Histc(Tensor input, long bins = 100, long min = 0, long max = 0) => input.Histc(bins, min, max);

    /// <summary>A copy with alpha times the parts of another tensor added at positions of a dimension.</summary>
    [Counterpart("index_add")]
    public static Tensor IndexAdd(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) => input.IndexAdd(dim, index, source, alpha);

    /// <summary>A copy with the parts of another tensor written to positions of a dimension.</summary>
    [Counterpart("index_copy")]
    public static Tensor IndexCopy(Tensor input, long dim, Tensor index, Tensor source) => input.IndexCopy(dim, index, source);

    /// <summary>A copy with a number at positions of a dimension.</summary>
    [Counterpart("index_fill")]
    public static Tensor IndexFill(Tensor input, long dim, Tensor index, Scalar value) => input.IndexFill(dim, index, value);

    /// <summary>Whether each element is one of others.</summary>
    [Counterpart("isin")]
    public static Tensor Isin(Tensor tensor, Tensor test_elements, bool assumeUnique = false, bool invert = false) =>
        tensor.Isin(test_elements, assumeUnique, invert);

    /// <summary>The elements where a mask holds, as a vector; the mask is broadcast.</summary>
    [Counterpart("masked_select")]
    public static Tensor MaskedSelect(Tensor input, Tensor mask) => input.MaskedSelect(mask);

    /// <summary>Elements in ascending order along the first dimension.</summary>
    [Counterpart("msort")]
    public static Tensor Msort(Tensor tensor) => tensor.Msort();

    /// <summary>Positions of the elements that differ from zero, [count, dimensions].</summary>
    [Counterpart("nonzero")]
    public static Tensor Nonzero(Tensor input) => input.Nonzero();

    /// <summary>Each position repeats times in a row, along a dimension or over all elements.</summary>
    [Counterpart("repeat_interleave")]
    public static Tensor RepeatInterleave(Tensor input, Tensor repeats, long? dim = null, long? output_size = null) =>
        input.RepeatInterleave(repeats, dim, output_size);

    /// <summary>A copy with the elements of another tensor written to positions of a dimension.</summary>
    [Counterpart("scatter")]
    public static Tensor Scatter(Tensor input, long dim, Tensor index, Tensor src) => input.Scatter(dim, index, src);

    /// <summary>A copy with the elements of another tensor added at positions of a dimension.</summary>
    [Counterpart("scatter_add")]
    public static Tensor ScatterAdd(Tensor input, long dim, Tensor index, Tensor src) => input.ScatterAdd(dim, index, src);

    /// <summary>A copy with a tensor in the place of one position of a dimension.</summary>
    [Counterpart("select_scatter")]
    public static Tensor SelectScatter(Tensor input, Tensor src, long dim, long index) => input.SelectScatter(src, dim, index);

    /// <summary>A copy with a tensor in the place of a slice.</summary>
    [Counterpart("slice_scatter")]
    public static Tensor SliceScatter(Tensor input, Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) =>
        input.SliceScatter(src, dim, start, end, step);

    /// <summary>Elements at positions of the flattened tensor.</summary>
    [Counterpart("take")]
    public static Tensor Take(Tensor input, Tensor index) => input.Take(index);

    /// <summary>Elements along a dimension at positions, which are broadcast to the other dimensions.</summary>
    [Counterpart("take_along_dim")]
    public static Tensor TakeAlongDim(Tensor input, Tensor indices, long dim) => input.TakeAlongDim(indices, dim);

    /// <summary>Elements along a dimension at positions, which are broadcast to the other dimensions.</summary>
    [Counterpart("take_along_dim")]
    public static Tensor TakeAlongDim(Tensor input, Tensor indices) => input.TakeAlongDim(indices);

    /// <summary>Area under values a distance apart, by trapezoids.</summary>
    [Counterpart("trapezoid")]
    public static Tensor Trapezoid(Tensor y, double dx = 1, long dim = -1) => y.Trapezoid(dx, dim);
}
