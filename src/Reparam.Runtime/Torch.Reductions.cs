namespace Reparam.Runtime;

/// <content>Functional forms of reductions, running sums and extremes.</content>
public static partial class Torch
{
    /// <summary>Whether every element differs from zero.</summary>
    [Counterpart("all")]
    public static Tensor All(Tensor input, long dim, bool keepdim = false) => input.All(dim, keepdim);

    /// <summary>Largest element over dimensions.</summary>
    [Counterpart("amax")]
    public static Tensor Amax(Tensor input, ReadOnlySpan<long> dims, bool keepdim = false) => input.Amax(dims, keepdim);

    /// <summary>Largest element over dimensions; over all when none is named.</summary>
    [Counterpart("amax")]
    public static Tensor Amax(Tensor input, params ReadOnlySpan<long> dims) => input.Amax(dims);

    /// <summary>Smallest element over dimensions.</summary>
    [Counterpart("amin")]
    public static Tensor Amin(Tensor input, ReadOnlySpan<long> dims, bool keepdim = false) => input.Amin(dims, keepdim);

    /// <summary>Smallest and largest element, of all or along a dimension.</summary>
    [Counterpart("aminmax")]
    public static (Tensor min, Tensor max) Aminmax(Tensor input, long? dim = null, bool keepdim = false) => input.Aminmax(dim, keepdim);

    /// <summary>Whether an element differs from zero.</summary>
    [Counterpart("any")]
    public static Tensor Any(Tensor input, long dim, bool keepdim = false) => input.Any(dim, keepdim);

    /// <summary>Position of the first smallest element of all; NaN is smaller than any number.</summary>
    [Counterpart("argmin")]
    public static Tensor Argmin(Tensor input) => input.Argmin();

    /// <summary>Position of the first smallest element of all; NaN is smaller than any number.</summary>
    [Counterpart("argmin")]
    public static Tensor Argmin(Tensor input, long dim, bool keepdim = false) => input.Argmin(dim, keepdim);

    /// <summary>Number of elements that differ from zero, over all or some dimensions.</summary>
    [Counterpart("count_nonzero")]
    public static Tensor CountNonzero(Tensor input, ReadOnlySpan<long> dims = default) => input.CountNonzero(dims);

    /// <summary>Running maximum along a dimension, and where it was reached last.</summary>
    [Counterpart("cummax")]
    public static (Tensor values, Tensor indices) Cummax(Tensor input, long dim) => input.Cummax(dim);

    /// <summary>Running minimum along a dimension, and where it was reached last.</summary>
    [Counterpart("cummin")]
    public static (Tensor values, Tensor indices) Cummin(Tensor input, long dim) => input.Cummin(dim);

    /// <summary>Running product along a dimension.</summary>
    [Counterpart("cumprod")]
    public static Tensor Cumprod(Tensor input, long dim, DType? dtype = null) => input.Cumprod(dim, dtype);

    /// <summary>The k-th smallest element along a dimension (the last unless another is named), and where it is.</summary>
    [Counterpart("kthvalue")]
    public static (Tensor values, Tensor indices) Kthvalue(Tensor input, long k, long? dim, bool keepdim = false) => input.Kthvalue(k, dim, keepdim);

    /// <summary>Running logarithm of the sum of eˣ along a dimension.</summary>
    [Counterpart("logcumsumexp")]
    public static Tensor Logcumsumexp(Tensor input, long dim) => input.Logcumsumexp(dim);

    /// <summary>Logarithm of the sum of eˣ along a dimension.</summary>
    [Counterpart("logsumexp")]
    public static Tensor Logsumexp(Tensor input, long dim, bool keepdim = false) => input.Logsumexp(dim, keepdim);

    /// <summary>The middle element, the lower of two; NaN if there is one.</summary>
    [Counterpart("median")]
    public static Tensor Median(Tensor input) => input.Median();

    /// <summary>The most frequent element along a dimension, the smallest of several, and its last position.</summary>
    [Counterpart("mode")]
    public static (Tensor values, Tensor indices) Mode(Tensor input, long dim = -1, bool keepdim = false) => input.Mode(dim, keepdim);

    /// <summary>Mean of the elements that are numbers, of all or along a dimension.</summary>
    [Counterpart("nanmean")]
    public static Tensor Nanmean(Tensor input, int? dim = null, bool keepdim = false, DType? dtype = null) => input.Nanmean(dim, keepdim, dtype);

    /// <summary>The middle element of those that are numbers, the lower of two.</summary>
    [Counterpart("nanmedian")]
    public static Tensor Nanmedian(Tensor input) => input.Nanmedian();

    /// <summary>Quantiles of the elements that are numbers.</summary>
    [Counterpart("nanquantile")]
    public static Tensor Nanquantile(Tensor input, Tensor q, long dim = -1, bool keepdim = false) => input.Nanquantile(q, dim, keepdim);

    /// <summary>Sum of all elements that are numbers.</summary>
    [Counterpart("nansum")]
    public static Tensor Nansum(Tensor input) => input.Nansum();

    /// <summary>The Euclidean norm of all elements.</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input) => input.Norm();

    /// <summary>The p-norm of all elements: (Σ|x|ᵖ)^(1/p).</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, float p) => input.Norm(p);

    /// <summary>The p-norm of all elements: (Σ|x|ᵖ)^(1/p).</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, int dimension, bool keepdim = false, float p = 2) => input.Norm(dimension, keepdim, p);

    /// <summary>Product of all elements.</summary>
    [Counterpart("prod")]
    public static Tensor Prod(Tensor input, DType? type = null) => input.Prod(type);

    /// <summary>Product of all elements.</summary>
    [Counterpart("prod")]
    public static Tensor Prod(Tensor input, long dim, bool keepdim = false, DType? type = null) => input.Prod(dim, keepdim, type);

    /// <summary>Quantiles along a dimension, with linear interpolation; NaN where an element is none.</summary>
    [Counterpart("quantile")]
    public static Tensor Quantile(Tensor input, Tensor q, long dim = -1, bool keepdim = false) => input.Quantile(q, dim, keepdim);

    /// <summary>Scales the parts along a dimension whose p-norm is above a bound down to it.</summary>
    [Counterpart("renorm")]
    public static Tensor Renorm(Tensor input, float p, long dim, float maxnorm) => input.Renorm(p, dim, maxnorm);

    /// <summary>Elements in order, and where they were; equal elements keep their order.</summary>
    [Counterpart("sort")]
    public static (Tensor values, Tensor indices) Sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.Sort(dim, descending, stable);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, (long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, (long, long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Counterpart("std_mean")]
    public static (Tensor std, Tensor mean) StdMean(Tensor input, bool unbiased = true) => input.StdMean(unbiased);

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Counterpart("std_mean")]
    public static (Tensor std, Tensor mean) StdMean(
        Tensor input, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.StdMean(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Counterpart("std_mean")]
    public static (Tensor std, Tensor mean) StdMean(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.StdMean(dimensions, unbiased, keepdim, type);

    /// <summary>The k largest (or smallest) elements along a dimension, in order, and where they are.</summary>
    [Counterpart("topk")]
    public static (Tensor values, Tensor indices) Topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        tensor.Topk(k, dim, largest, sorted);

    /// <summary>The distinct elements in ascending order, the place of each element among them, and how often each occurs.</summary>
    [Counterpart("unique")]
    public static (Tensor output, Tensor? inverse_indices, Tensor? counts) Unique(
        Tensor input, bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) =>
        input.Unique(sorted, return_inverse, return_counts, dim);

    /// <summary>The elements without those that equal the one before.</summary>
    [Counterpart("unique_consecutive")]
    public static (Tensor output, Tensor? inverse_indices, Tensor? counts) UniqueConsecutive(
        Tensor input, bool return_inverse = false, bool return_counts = false, int? dim = null) =>
        input.UniqueConsecutive(return_inverse, return_counts, dim);

    /// <summary>Variance of all elements, divided by n − 1 when unbiased.</summary>
    [Counterpart("var")]
    public static Tensor Var(Tensor input, (long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Var(dimensions, unbiased, keepdim, type);

    /// <summary>Variance of all elements, divided by n − 1 when unbiased.</summary>
    [Counterpart("var")]
    public static Tensor Var(Tensor input, (long, long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Var(dimensions, unbiased, keepdim, type);

    /// <summary>Variance and mean of all elements.</summary>
    [Counterpart("var_mean")]
    public static (Tensor @var, Tensor mean) VarMean(Tensor input, bool unbiased = true) => input.VarMean(unbiased);

    /// <summary>Variance and mean of all elements.</summary>
    [Counterpart("var_mean")]
    public static (Tensor @var, Tensor mean) VarMean(
        Tensor input, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.VarMean(dimensions, unbiased, keepdim, type);

    /// <summary>Variance and mean of all elements.</summary>
    [Counterpart("var_mean")]
    public static (Tensor @var, Tensor mean) VarMean(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.VarMean(dimensions, unbiased, keepdim, type);
}
