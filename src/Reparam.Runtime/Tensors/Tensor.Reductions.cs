using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime;

/// <content>Reductions. Integers and truth values are summed as integers; means are of floats only, as in libtorch.</content>
public partial class Tensor
{
    private const int Every = -1;

    /// <summary>Sum of all elements.</summary>
    [Counterpart("sum")]
    public Tensor Sum(DType? type = null) => SumOf(Every, false, type);

    /// <summary>Sum over dimensions; over all when none is named.</summary>
    [Counterpart("sum")]
    public Tensor Sum(ReadOnlySpan<long> dim, bool keepdim = false, DType? type = null) => SumOf(Rows.Mask(this, dim), keepdim, type);

    /// <summary>Sum over a dimension.</summary>
    [Counterpart("sum")]
    public Tensor Sum(long dim, bool keepdim = false, DType? type = null) => SumOf(1 << Dimension(dim), keepdim, type);

    /// <summary>Mean of all elements.</summary>
    /// <exception cref="InvalidOperationException">The elements are not floats.</exception>
    [Counterpart("mean")]
    public Tensor Mean() => MeanOf(Every, false, null);

    /// <summary>Mean over dimensions; over all when none is named.</summary>
    /// <exception cref="InvalidOperationException">The elements are not floats, nor is <paramref name="type"/>.</exception>
    [Counterpart("mean")]
    public Tensor Mean(ReadOnlySpan<long> dimensions, bool keepdim = false, DType? type = null) => MeanOf(Rows.Mask(this, dimensions), keepdim, type);

    /// <summary>Variance of all elements, divided by n − 1 when <paramref name="unbiased"/>.</summary>
    [Counterpart("var")]
    public Tensor Var(bool unbiased = true) => Variance(Every, unbiased, false);

    /// <summary>Variance over dimensions.</summary>
    [Counterpart("var")]
    public Tensor Var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false) => Variance(Rows.Mask(this, dimensions), unbiased, keepdim);

    /// <summary>Variance over a dimension.</summary>
    [Counterpart("var")]
    public Tensor Var(long dim, bool unbiased = true, bool keepdim = false) => Variance(1 << Dimension(dim), unbiased, keepdim);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public Tensor Std(bool unbiased = true) => Var(unbiased).Sqrt();

    /// <summary>Standard deviation over dimensions.</summary>
    [Counterpart("std")]
    public Tensor Std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false) => Var(dimensions, unbiased, keepdim).Sqrt();

    /// <summary>Standard deviation over a dimension.</summary>
    [Counterpart("std")]
    public Tensor Std(long dim, bool unbiased = true, bool keepdim = false) => Var(dim, unbiased, keepdim).Sqrt();

    /// <summary>Largest element.</summary>
    [Counterpart("max")]
    public Tensor Max() => Largest(Every, false);

    /// <summary>Larger of two, with broadcasting.</summary>
    [Counterpart("max")]
    public Tensor Max(Tensor other) => Maximum(other);

    /// <summary>Largest element along a dimension, and where it is first.</summary>
    [Counterpart("max")]
    public (Tensor values, Tensor indexes) Max(long dim, bool keepdim = false) =>
        (Largest(1 << Dimension(dim), keepdim), Where<IndexOfLargestFloat, IndexOfLargestInteger>("argmax", 1 << Dimension(dim), keepdim));

    /// <summary>Smallest element.</summary>
    [Counterpart("min")]
    public Tensor Min() => Smallest(Every, false);

    /// <summary>Smaller of two, with broadcasting.</summary>
    [Counterpart("min")]
    public Tensor Min(Tensor other) => Minimum(other);

    /// <summary>Smallest element along a dimension, and where it is first.</summary>
    [Counterpart("min")]
    public (Tensor values, Tensor indexes) Min(long dim, bool keepdim = false) =>
        (Smallest(1 << Dimension(dim), keepdim), Where<IndexOfSmallestFloat, IndexOfSmallestInteger>("argmin", 1 << Dimension(dim), keepdim));

    /// <summary>Largest element over dimensions.</summary>
    [Counterpart("amax")]
    public Tensor Amax(ReadOnlySpan<long> dims, bool keepdim = false) => Largest(Rows.Mask(this, dims), keepdim);

    /// <summary>Smallest element over dimensions.</summary>
    [Counterpart("amin")]
    public Tensor Amin(ReadOnlySpan<long> dims, bool keepdim = false) => Smallest(Rows.Mask(this, dims), keepdim);

    /// <summary>Position of the first largest element of all; NaN is larger than any number.</summary>
    [Counterpart("argmax")]
    public Tensor Argmax() => RequireOrder("argmax").Where<IndexOfLargestFloat, IndexOfLargestInteger>("argmax", Every, false);

    /// <summary>Position of the first largest element along a dimension.</summary>
    [Counterpart("argmax")]
    public Tensor Argmax(long dim, bool keepdim = false) =>
        RequireOrder("argmax").Where<IndexOfLargestFloat, IndexOfLargestInteger>("argmax", 1 << Dimension(dim), keepdim);

    /// <summary>Position of the first smallest element of all; NaN is smaller than any number.</summary>
    [Counterpart("argmin")]
    public Tensor Argmin() => RequireOrder("argmin").Where<IndexOfSmallestFloat, IndexOfSmallestInteger>("argmin", Every, false);

    /// <summary>Position of the first smallest element along a dimension.</summary>
    [Counterpart("argmin")]
    public Tensor Argmin(long dim, bool keepdim = false) =>
        RequireOrder("argmin").Where<IndexOfSmallestFloat, IndexOfSmallestInteger>("argmin", 1 << Dimension(dim), keepdim);

    /// <summary>Whether every element differs from zero.</summary>
    [Counterpart("all")]
    public Tensor All() => Rows.Reduce<All, bool, bool>(As(DType.Bool), Every, false);

    /// <summary>Whether every element along a dimension differs from zero.</summary>
    [Counterpart("all")]
    public Tensor All(long dim, bool keepdim = false) => Rows.Reduce<All, bool, bool>(As(DType.Bool), 1 << Dimension(dim), keepdim);

    /// <summary>Whether an element differs from zero.</summary>
    [Counterpart("any")]
    public Tensor Any() => Rows.Reduce<Any, bool, bool>(As(DType.Bool), Every, false);

    /// <summary>Whether an element along a dimension differs from zero.</summary>
    [Counterpart("any")]
    public Tensor Any(long dim, bool keepdim = false) => Rows.Reduce<Any, bool, bool>(As(DType.Bool), 1 << Dimension(dim), keepdim);

    /// <summary>Running sum along a dimension.</summary>
    [Counterpart("cumsum")]
    public Tensor Cumsum(long dim, DType? type = null)
    {
        var x = As(type ?? (Dtype == DType.Bool ? DType.Int64 : Dtype));
        return x.Dtype == DType.Float32
            ? Rows.Map<RunningSumFloat, float, float>(x, Dimension(dim))
            : Rows.Map<RunningSumInteger, long, long>(x.As(DType.Int64), Dimension(dim));
    }

    /// <summary>e^x over its sum along a dimension.</summary>
    [Counterpart("softmax")]
    public Tensor Softmax(long dim, DType? dtype = null) =>
        Rows.Map<SoftmaxRow, float, float>(As(dtype ?? Dtype).RequireFloat("softmax"), Dimension(dim));

    /// <summary>Logarithm of the softmax along a dimension.</summary>
    [Counterpart("log_softmax")]
    public Tensor LogSoftmax(long dim, DType? dtype = null) =>
        Rows.Map<LogSoftmaxRow, float, float>(As(dtype ?? Dtype).RequireFloat("log_softmax"), Dimension(dim));

    private Tensor SumOf(int mask, bool keepdim, DType? type)
    {
        var x = As(type ?? (Dtype == DType.Float32 ? DType.Float32 : DType.Int64));
        return x.Dtype switch
        {
            DType.Float32 => Rows.Reduce<SumFloat, float, float>(x, mask, keepdim),
            DType.Int64 => Rows.Reduce<SumInteger, long, long>(x, mask, keepdim),
            _ => Rows.Reduce<Any, bool, bool>(x, mask, keepdim),
        };
    }

    private Tensor MeanOf(int mask, bool keepdim, DType? type) =>
        Rows.Reduce<Mean, float, float>(As(type ?? Dtype).RequireFloat("mean"), mask, keepdim);

    private Tensor Variance(int mask, bool unbiased, bool keepdim)
    {
        var sums = Rows.Reduce<SquaredDeviations, float, float>(RequireFloat("var"), mask, keepdim);
        var divisor = (sums.Count == 0 ? 0 : Count / sums.Count) - (unbiased ? 1 : 0);
        return sums.Div(Math.Max(divisor, 0));
    }

    private Tensor Largest(int mask, bool keepdim)
    {
        RequireElements("max", mask);
        return Dtype switch
        {
            DType.Float32 => Rows.Reduce<LargestFloat, float, float>(this, mask, keepdim),
            DType.Int64 => Rows.Reduce<LargestInteger, long, long>(this, mask, keepdim),
            _ => Rows.Reduce<Any, bool, bool>(this, mask, keepdim),
        };
    }

    private Tensor Smallest(int mask, bool keepdim)
    {
        RequireElements("min", mask);
        return Dtype switch
        {
            DType.Float32 => Rows.Reduce<SmallestFloat, float, float>(this, mask, keepdim),
            DType.Int64 => Rows.Reduce<SmallestInteger, long, long>(this, mask, keepdim),
            _ => Rows.Reduce<All, bool, bool>(this, mask, keepdim),
        };
    }

    private Tensor Where<TFloat, TInteger>(string operation, int mask, bool keepdim)
        where TFloat : struct, IReduction<float, long>
        where TInteger : struct, IReduction<long, long>
    {
        RequireElements(operation, mask);
        return Dtype == DType.Float32
            ? Rows.Reduce<TFloat, float, long>(this, mask, keepdim)
            : Rows.Reduce<TInteger, long, long>(As(DType.Int64), mask, keepdim);
    }

    private Tensor RequireOrder(string operation) => Dtype == DType.Bool ? throw NoBool(operation) : this;

    private void RequireElements(string operation, int mask)
    {
        for (var i = 0; i < Rank; i++)
        {
            if (((mask >> i) & 1) != 0 && Shape[i] == 0)
            {
                throw new InvalidOperationException($"{operation}: nothing to choose from in dimension {i} of {Layout.Describe(Shape)}.");
            }
        }
    }
}
