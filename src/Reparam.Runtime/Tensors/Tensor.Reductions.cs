using System.Numerics;
using System.Numerics.Tensors;
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

    /// <summary>Sum over two dimensions.</summary>
    [Counterpart("sum")]
    public Tensor Sum(long dim0, long dim1, bool keepdim = false, DType? type = null) => Sum([dim0, dim1], keepdim, type);

    /// <summary>Sum over three dimensions.</summary>
    [Counterpart("sum")]
    public Tensor Sum(long dim0, long dim1, long dim2, bool keepdim = false, DType? type = null) => Sum([dim0, dim1, dim2], keepdim, type);

    /// <summary>Sum of all elements that are numbers.</summary>
    [Counterpart("nansum")]
    public Tensor Nansum() => WithoutNaN().Sum();

    /// <summary>Mean of all elements.</summary>
    /// <exception cref="InvalidOperationException">The elements are not floats.</exception>
    [Counterpart("mean")]
    public Tensor Mean() => MeanOf(Every, false, null);

    /// <summary>Mean over dimensions; over all when none is named.</summary>
    /// <exception cref="InvalidOperationException">The elements are not floats, nor is <paramref name="type"/>.</exception>
    [Counterpart("mean")]
    public Tensor Mean(ReadOnlySpan<long> dimensions, bool keepdim = false, DType? type = null) => MeanOf(Rows.Mask(this, dimensions), keepdim, type);

    /// <summary>Mean of the elements that are numbers, of all or along a dimension.</summary>
    [Counterpart("nanmean")]
    public Tensor Nanmean(int? dim = null, bool keepdim = false, DType? dtype = null)
    {
        var mask = dim is { } given ? 1 << Dimension(given) : Every;
        var x = As(dtype ?? Dtype).RequireFloat("nanmean");
        return x.WithoutNaN().SumOf(mask, keepdim, null).Div(x.Isnan().LogicalNot().SumOf(mask, keepdim, null));
    }

    /// <summary>Product of all elements.</summary>
    [Counterpart("prod")]
    public Tensor Prod(DType? type = null) => ProductOf(Every, false, type);

    /// <summary>Product along a dimension.</summary>
    [Counterpart("prod")]
    public Tensor Prod(long dim, bool keepdim = false, DType? type = null) => ProductOf(1 << Dimension(dim), keepdim, type);

    /// <summary>Variance of all n elements, divided by n − 1.</summary>
    /// <param name="unbiased">Without effect, as in TorchSharp, whose native function of this overload ignores it. With dimensions it counts.</param>
    [Counterpart("var")]
    public Tensor Var(bool unbiased = true) => Variance(Every, unbiased: true, false);

    /// <summary>Variance over dimensions.</summary>
    [Counterpart("var")]
    public Tensor Var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        As(type ?? Dtype).Variance(Rows.Mask(this, dimensions), unbiased, keepdim);

    /// <summary>Variance over two dimensions.</summary>
    [Counterpart("var")]
    public Tensor Var((long, long) dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        Var([dim.Item1, dim.Item2], unbiased, keepdim, type);

    /// <summary>Variance over three dimensions.</summary>
    [Counterpart("var")]
    public Tensor Var((long, long, long) dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        Var([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

    /// <summary>Variance over a dimension.</summary>
    [Counterpart("var")]
    public Tensor Var(long dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        As(type ?? Dtype).Variance(1 << Dimension(dim), unbiased, keepdim);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public Tensor Std(bool unbiased = true) => Deviation(Every, unbiased, false);

    /// <summary>Standard deviation over dimensions.</summary>
    [Counterpart("std")]
    public Tensor Std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        As(type ?? Dtype).Deviation(Rows.Mask(this, dimensions), unbiased, keepdim);

    /// <summary>Standard deviation over two dimensions.</summary>
    [Counterpart("std")]
    public Tensor Std((long, long) dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        Std([dim.Item1, dim.Item2], unbiased, keepdim, type);

    /// <summary>Standard deviation over three dimensions.</summary>
    [Counterpart("std")]
    public Tensor Std((long, long, long) dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        Std([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

    /// <summary>Standard deviation over a dimension.</summary>
    [Counterpart("std")]
    public Tensor Std(long dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        As(type ?? Dtype).Deviation(1 << Dimension(dim), unbiased, keepdim);

    /// <summary>Variance and mean of all elements.</summary>
    [Counterpart("var_mean")]
    public (Tensor @var, Tensor mean) VarMean(bool unbiased = true) => (Var(unbiased), Mean());

    /// <summary>Variance and mean over dimensions.</summary>
    [Counterpart("var_mean")]
    public (Tensor @var, Tensor mean) VarMean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        (Var(dimensions, unbiased, keepdim, type), Mean(dimensions, keepdim, type));

    /// <summary>Variance and mean over a dimension.</summary>
    [Counterpart("var_mean")]
    public (Tensor @var, Tensor mean) VarMean(long dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        (Var(dim, unbiased, keepdim, type), MeanOf(1 << Dimension(dim), keepdim, type));

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Counterpart("std_mean")]
    public (Tensor std, Tensor mean) StdMean(bool unbiased = true) => (Std(unbiased), Mean());

    /// <summary>Standard deviation and mean over dimensions.</summary>
    [Counterpart("std_mean")]
    public (Tensor std, Tensor mean) StdMean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        (Std(dimensions, unbiased, keepdim, type), Mean(dimensions, keepdim, type));

    /// <summary>Standard deviation and mean over a dimension.</summary>
    [Counterpart("std_mean")]
    public (Tensor std, Tensor mean) StdMean(long dim, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        (Std(dim, unbiased, keepdim, type), MeanOf(1 << Dimension(dim), keepdim, type));

    /// <summary>Largest element.</summary>
    [Counterpart("max")]
    public Tensor Max() => Largest(Every, false);

    /// <summary>Larger of two, with broadcasting.</summary>
    [Counterpart("max")]
    public Tensor Max(Tensor other) => Maximum(other);

    /// <summary>Largest element along a dimension, and where it is first.</summary>
    [Counterpart("max")]
    public (Tensor values, Tensor indexes) Max(long dim, bool keepdim = false) => (
        Largest(1 << Dimension(dim), keepdim),
        Where<IndexOfLargestFloat, IndexOfLargest<double>, IndexOfLargestInteger>("argmax", 1 << Dimension(dim), keepdim));

    /// <summary>Smallest element.</summary>
    [Counterpart("min")]
    public Tensor Min() => Smallest(Every, false);

    /// <summary>Smaller of two, with broadcasting.</summary>
    [Counterpart("min")]
    public Tensor Min(Tensor other) => Minimum(other);

    /// <summary>Smallest element along a dimension, and where it is first.</summary>
    [Counterpart("min")]
    public (Tensor values, Tensor indexes) Min(long dim, bool keepdim = false) => (
        Smallest(1 << Dimension(dim), keepdim),
        Where<IndexOfSmallestFloat, IndexOfSmallest<double>, IndexOfSmallestInteger>("argmin", 1 << Dimension(dim), keepdim));

    /// <summary>Largest element over dimensions; over all when none is named.</summary>
    [Counterpart("amax")]
    public Tensor Amax(params ReadOnlySpan<long> dims) => Largest(Rows.Mask(this, dims), false);

    /// <summary>Largest element over dimensions.</summary>
    [Counterpart("amax")]
    public Tensor Amax(ReadOnlySpan<long> dims, bool keepdim) => Largest(Rows.Mask(this, dims), keepdim);

    /// <summary>Smallest element over dimensions; over all when none is named.</summary>
    [Counterpart("amin")]
    public Tensor Amin(params ReadOnlySpan<long> dims) => Smallest(Rows.Mask(this, dims), false);

    /// <summary>Smallest element over dimensions.</summary>
    [Counterpart("amin")]
    public Tensor Amin(ReadOnlySpan<long> dims, bool keepdim) => Smallest(Rows.Mask(this, dims), keepdim);

    /// <summary>Smallest and largest element, of all or along a dimension. As in TorchSharp, −1 names no dimension here.</summary>
    [Counterpart("aminmax")]
    public (Tensor min, Tensor max) Aminmax(long? dim = null, bool keepdim = false)
    {
        var mask = dim is { } given and not -1 ? 1 << Dimension(given) : Every;
        return (Smallest(mask, keepdim), Largest(mask, keepdim));
    }

    /// <summary>Position of the first largest element of all; NaN is larger than any number.</summary>
    [Counterpart("argmax")]
    public Tensor Argmax() =>
        RequireOrder("argmax").Where<IndexOfLargestFloat, IndexOfLargest<double>, IndexOfLargestInteger>("argmax", Every, false);

    /// <summary>Position of the first largest element along a dimension.</summary>
    [Counterpart("argmax")]
    public Tensor Argmax(long dim, bool keepdim = false) =>
        RequireOrder("argmax").Where<IndexOfLargestFloat, IndexOfLargest<double>, IndexOfLargestInteger>("argmax", 1 << Dimension(dim), keepdim);

    /// <summary>Position of the first smallest element of all; NaN is smaller than any number.</summary>
    [Counterpart("argmin")]
    public Tensor Argmin() =>
        RequireOrder("argmin").Where<IndexOfSmallestFloat, IndexOfSmallest<double>, IndexOfSmallestInteger>("argmin", Every, false);

    /// <summary>Position of the first smallest element along a dimension.</summary>
    [Counterpart("argmin")]
    public Tensor Argmin(long dim, bool keepdim = false) =>
        RequireOrder("argmin").Where<IndexOfSmallestFloat, IndexOfSmallest<double>, IndexOfSmallestInteger>("argmin", 1 << Dimension(dim), keepdim);

    /// <summary>Whether every element differs from zero.</summary>
    [Counterpart("all")]
    public Tensor All() => Truth<All>(Every, false);

    /// <summary>Whether every element along a dimension differs from zero.</summary>
    [Counterpart("all")]
    public Tensor All(long dim, bool keepdim = false) => Truth<All>(1 << Dimension(dim), keepdim);

    /// <summary>Whether an element differs from zero.</summary>
    [Counterpart("any")]
    public Tensor Any() => Truth<Any>(Every, false);

    /// <summary>Whether an element along a dimension differs from zero.</summary>
    [Counterpart("any")]
    public Tensor Any(long dim, bool keepdim = false) => Truth<Any>(1 << Dimension(dim), keepdim);

    /// <summary>Number of elements that differ from zero, over all or some dimensions.</summary>
    [Counterpart("count_nonzero")]
    public Tensor CountNonzero(ReadOnlySpan<long> dims = default) =>
        Rows.Reduce<bool, long>(As(DType.Bool), Rows.Mask(this, dims), false, row => row.Count(true));

    /// <summary>Logarithm of the sum of eˣ along a dimension.</summary>
    [Counterpart("logsumexp")]
    public Tensor Logsumexp(long dim, bool keepdim = false)
    {
        var type = FloatType(Dtype);
        return Rows.Reduce<double, double>(As(DType.Float64), 1 << Dimension(dim), keepdim, LogSumExp).As(type);
    }

    /// <summary>The p-norm of all elements: (Σ|x|ᵖ)^(1/p).</summary>
    [Counterpart("norm")]
    public Tensor Norm(float p = 2) => NormOf(Every, false, p);

    /// <summary>The p-norm along a dimension.</summary>
    [Counterpart("norm")]
    public Tensor Norm(int dim, bool keepdim = false, float p = 2) => NormOf(1 << Dimension(dim), keepdim, p);

    internal Tensor NormAlong(long dim, double p, bool keepdim = false) => NormOf(1 << Dimension(dim), keepdim, p);

    internal Tensor NormOver(ReadOnlySpan<long> dims, double p, bool keepdim) => NormOf(Rows.Mask(this, dims), keepdim, p);

    /// <summary>Scales the parts along a dimension whose p-norm is above a bound down to it.</summary>
    [Counterpart("renorm")]
    public Tensor Renorm(float p, long dim, float maxnorm)
    {
        var norms = RequireFloat("renorm").NormOf(~(1 << Dimension(dim)), true, p);
        return Mul(Selection.Where(norms.Gt(maxnorm), norms.Add(1e-7).Reciprocal().Mul(maxnorm), norms.Mul(0).Add(1)));
    }

    /// <summary>Running sum along a dimension.</summary>
    [Counterpart("cumsum")]
    public Tensor Cumsum(long dim, DType? type = null)
    {
        var result = type ?? SumType(Dtype);
        var x = As(result).As(ElementTypes.Hub(result));
        var at = Dimension(dim);
        return (x.Dtype switch
        {
            DType.Float32 => Rows.Map<RunningSumFloat, float, float>(x, at),
            DType.Int64 => Rows.Map<RunningSumInteger, long, long>(x, at),
            DType.Float64 => Rows.Map<double, double>(x, at, (row, sums) => Running(row, sums, (a, b) => a + b)),
            DType.ComplexFloat64 => Rows.Map<Complex, Complex>(x, at, (row, sums) => Running(row, sums, (a, b) => a + b)),
            _ => throw NotDefined("cumsum", result),
        }).As(result);
    }

    /// <summary>Running product along a dimension.</summary>
    [Counterpart("cumprod")]
    public Tensor Cumprod(long dim, DType? type = null)
    {
        var result = type ?? SumType(Dtype);
        var x = As(result);
        return (ElementTypes.Hub(result) switch
        {
            DType.Int64 => Rows.Map<long, long>(x.As(DType.Int64), Dimension(dim), (row, sums) => Running(row, sums, (a, b) => a * b)),
            DType.Float32 or DType.Float64 =>
                Rows.Map<double, double>(x.As(DType.Float64), Dimension(dim), (row, sums) => Running(row, sums, (a, b) => a * b)),
            _ => throw NotDefined("cumprod", result),
        }).As(result);
    }

    /// <summary>Running maximum along a dimension, and where it was reached last.</summary>
    [Counterpart("cummax")]
    public (Tensor values, Tensor indexes) Cummax(long dim) => RunningBest(dim, (x, best) => double.IsNaN(x) || x >= best);

    /// <summary>Running minimum along a dimension, and where it was reached last.</summary>
    [Counterpart("cummin")]
    public (Tensor values, Tensor indexes) Cummin(long dim) => RunningBest(dim, (x, best) => double.IsNaN(x) || x <= best);

    /// <summary>Running logarithm of the sum of eˣ along a dimension.</summary>
    [Counterpart("logcumsumexp")]
    public Tensor Logcumsumexp(long dim) => Rows.Map<double, double>(
        RequireFloat("logcumsumexp").As(DType.Float64), Dimension(dim), (row, sums) => Running(row, sums, SpecialFunctions.LogAddExp)).As(Dtype);

    /// <summary>The middle element, the lower of two; NaN if there is one.</summary>
    [Counterpart("median")]
    public Tensor Median() => MiddleOf(Reshape(-1), false);

    /// <summary>The middle element of those that are numbers, the lower of two.</summary>
    [Counterpart("nanmedian")]
    public Tensor Nanmedian() => MiddleOf(Reshape(-1), true);

    /// <summary>The most frequent element along a dimension, the smallest of several, and its last position.</summary>
    [Counterpart("mode")]
    public (Tensor values, Tensor indices) Mode(long dim = -1, bool keepdim = false)
    {
        var at = Dimension(dim);
        RequireElements("mode", 1 << at);
        var (sorted, order) = Ordering.Sort(this, at, false);
        var index = Rows.Reduce<double, long>(sorted.As(DType.Float64), 1 << at, true, LastOfLongestRun);
        var position = Rank == 0 ? order : order.Gather(at, index);
        var values = Rank == 0 ? Alias() : Gather(at, position);
        return keepdim || Rank == 0 ? (values, position) : (values.Squeeze(at), position.Squeeze(at));
    }

    /// <summary>The k-th smallest element along a dimension (the last unless another is named), and where it is.</summary>
    [Counterpart("kthvalue")]
    public (Tensor values, Tensor indices) Kthvalue(long k, long? dim, bool keepdim = false)
    {
        var at = Dimension(dim ?? -1);
        var length = Rank == 0 ? 1 : Shape[at];
        if (k < 1 || k > length)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"kthvalue: k must be 1 to {length}, the size of dimension {at}.");
        }

        var (values, order) = Ordering.Sort(this, at, false);
        if (Rank == 0)
        {
            return (values, order);
        }

        var (value, position) = (values.Narrow(at, k - 1, 1), order.Narrow(at, k - 1, 1));
        return keepdim ? (value.Clone(), position.Clone()) : (value.Squeeze(at).Clone(), position.Squeeze(at).Clone());
    }

    /// <summary>Quantiles along a dimension, with linear interpolation; NaN where an element is none.</summary>
    [Counterpart("quantile")]
    public Tensor Quantile(Tensor q, long dim = -1, bool keepdim = false) => QuantilesOf(q, dim, keepdim, false);

    /// <summary>Quantiles of the elements that are numbers.</summary>
    [Counterpart("nanquantile")]
    public Tensor Nanquantile(Tensor q, long dim = -1, bool keepdim = false) => QuantilesOf(q, dim, keepdim, true);

    /// <summary>e^x over its sum along a dimension.</summary>
    [Counterpart("softmax")]
    public Tensor Softmax(long dim, DType? dtype = null)
    {
        var x = As(dtype ?? Dtype).RequireFloat("softmax");
        return x.Dtype == DType.Float64
            ? Rows.Map<double, double>(x, Dimension(dim), (row, result) => Normalized(row, result, false))
            : Rows.Map<SoftmaxRow, float, float>(x.As(DType.Float32), Dimension(dim)).As(x.Dtype);
    }

    /// <summary>Logarithm of the softmax along a dimension.</summary>
    [Counterpart("log_softmax")]
    public Tensor LogSoftmax(long dim, DType? dtype = null)
    {
        var x = As(dtype ?? Dtype).RequireFloat("log_softmax");
        return x.Dtype == DType.Float64
            ? Rows.Map<double, double>(x, Dimension(dim), (row, result) => Normalized(row, result, true))
            : Rows.Map<LogSoftmaxRow, float, float>(x.As(DType.Float32), Dimension(dim)).As(x.Dtype);
    }

    // Type of sums and products: integers are wide.
    private static DType SumType(DType type) => ElementTypes.Category(type) < 2 ? DType.Int64 : type;

    private Tensor SumOf(int mask, bool keepdim, DType? type)
    {
        var result = type ?? SumType(Dtype);
        var x = As(result).As(ElementTypes.Hub(result));
        return (x.Dtype switch
        {
            DType.Float32 => Rows.Reduce<SumFloat, float, float>(x, mask, keepdim),
            DType.Int64 => Rows.Reduce<SumInteger, long, long>(x, mask, keepdim),
            DType.Float64 => Rows.Reduce<double, double>(x, mask, keepdim, row => TensorPrimitives.Sum(row)),
            DType.ComplexFloat64 => Rows.Reduce<Complex, Complex>(x, mask, keepdim, row => TensorPrimitives.Sum(row)),
            _ => Rows.Reduce<Any, bool, bool>(x, mask, keepdim),
        }).As(result);
    }

    private Tensor MeanOf(int mask, bool keepdim, DType? type)
    {
        var x = As(type ?? Dtype).RequireFloat("mean");
        return x.Dtype == DType.Float64
            ? Rows.Reduce<double, double>(x, mask, keepdim, row => TensorPrimitives.Sum(row) / row.Length)
            : Rows.Reduce<Mean, float, float>(x.As(DType.Float32), mask, keepdim).As(x.Dtype);
    }

    private Tensor ProductOf(int mask, bool keepdim, DType? type)
    {
        var result = type ?? SumType(Dtype);
        var x = As(result);
        return (ElementTypes.Hub(result) switch
        {
            DType.Int64 => Rows.Reduce<long, long>(x.As(DType.Int64), mask, keepdim, Product),
            DType.Bool => Rows.Reduce<All, bool, bool>(x, mask, keepdim),
            DType.ComplexFloat64 => Rows.Reduce<Complex, Complex>(x.As(DType.ComplexFloat64), mask, keepdim, Product),
            _ => Rows.Reduce<double, double>(x.As(DType.Float64), mask, keepdim, Product),
        }).As(result);
    }

    private Tensor Variance(int mask, bool unbiased, bool keepdim)
    {
        var hub = ElementTypes.Hub(RequireFloat("var").Dtype);
        var x = As(hub);
        var sums = hub == DType.Float32
            ? Rows.Reduce<SquaredDeviations, float, float>(x, mask, keepdim)
            : Rows.Reduce<double, double>(x, mask, keepdim, SquaresAroundMean);
        var divisor = (sums.Count == 0 ? 0 : Count / sums.Count) - (unbiased ? 1 : 0);
        return sums.Div(Math.Max(divisor, 0)).As(Dtype);
    }

    private Tensor Deviation(int mask, bool unbiased, bool keepdim) =>
        As(ElementTypes.Hub(RequireFloat("std").Dtype)).Variance(mask, unbiased, keepdim).Sqrt().As(Dtype);

    private Tensor Largest(int mask, bool keepdim)
    {
        RequireElements("max", mask);
        return (ElementTypes.Hub(Dtype) switch
        {
            DType.Float32 => Rows.Reduce<LargestFloat, float, float>(As(DType.Float32), mask, keepdim),
            DType.Int64 => Rows.Reduce<LargestInteger, long, long>(As(DType.Int64), mask, keepdim),
            DType.Float64 => Rows.Reduce<double, double>(this, mask, keepdim, row => TensorPrimitives.Max(row)),
            DType.Bool => Rows.Reduce<Any, bool, bool>(this, mask, keepdim),
            _ => throw NotDefined("max", Dtype),
        }).As(Dtype);
    }

    private Tensor Smallest(int mask, bool keepdim)
    {
        RequireElements("min", mask);
        return (ElementTypes.Hub(Dtype) switch
        {
            DType.Float32 => Rows.Reduce<SmallestFloat, float, float>(As(DType.Float32), mask, keepdim),
            DType.Int64 => Rows.Reduce<SmallestInteger, long, long>(As(DType.Int64), mask, keepdim),
            DType.Float64 => Rows.Reduce<double, double>(this, mask, keepdim, row => TensorPrimitives.Min(row)),
            DType.Bool => Rows.Reduce<All, bool, bool>(this, mask, keepdim),
            _ => throw NotDefined("min", Dtype),
        }).As(Dtype);
    }

    private Tensor Where<TFloat, TDouble, TInteger>(string operation, int mask, bool keepdim)
        where TFloat : struct, IReduction<float, long>
        where TDouble : struct, IReduction<double, long>
        where TInteger : struct, IReduction<long, long>
    {
        RequireElements(operation, mask);
        return Ordering.Hub(Dtype) switch
        {
            DType.Float32 => Rows.Reduce<TFloat, float, long>(As(DType.Float32), mask, keepdim),
            DType.Float64 => Rows.Reduce<TDouble, double, long>(this, mask, keepdim),
            _ => Rows.Reduce<TInteger, long, long>(As(DType.Int64), mask, keepdim),
        };
    }

    // Bytes stay bytes, as in libtorch.
    private Tensor Truth<TOp>(int mask, bool keepdim)
        where TOp : struct, IReduction<bool, bool>
        => Rows.Reduce<TOp, bool, bool>(As(DType.Bool), mask, keepdim).As(Dtype == DType.Byte ? DType.Byte : DType.Bool);

    private Tensor NormOf(int mask, bool keepdim, double p)
    {
        if (ElementTypes.Category(Dtype) < 2)
        {
            throw NotDefined("norm", Dtype);
        }

        var x = Abs();
        return Rows.Reduce<double, double>(x.As(DType.Float64), mask, keepdim, row => RowNorm(row, p)).As(x.Dtype);
    }

    private (Tensor Values, Tensor Indices) RunningBest(long dim, Func<double, double, bool> isBetter)
    {
        var at = Dimension(dim);
        var indices = Rows.Map<double, long>(As(DType.Float64), at, (row, result) =>
        {
            var best = 0;
            for (var i = 0; i < row.Length; i++)
            {
                best = isBetter(row[i], row[best]) ? i : best;
                result[i] = best;
            }
        });
        return (Rank == 0 ? Clone() : Gather(at, indices), indices);
    }

    private static Tensor MiddleOf(Tensor x, bool skipsNaN)
    {
        x.RequireOrder("median");
        if (x.Count == 0)
        {
            return ElementTypes.IsFloat(x.Dtype) ? Of(double.NaN, x.Dtype) : Of(long.MinValue, x.Dtype);
        }

        var sorted = Ordering.Sort(x, 0, false).Values;
        var numbers = ElementTypes.IsFloat(x.Dtype) ? (int)x.Isnan().LogicalNot().Sum().Item<long>() : x.Count;
        return numbers == x.Count ? sorted.Select(0, (x.Count - 1) / 2).Clone()
            : skipsNaN && numbers > 0 ? sorted.Select(0, (numbers - 1) / 2).Clone()
            : Of(double.NaN, x.Dtype);
    }

    private Tensor QuantilesOf(Tensor q, long dim, bool keepdim, bool skipsNaN)
    {
        if (Dtype is not (DType.Float32 or DType.Float64) || q.Dtype != Dtype || q.Rank > 1)
        {
            throw new InvalidOperationException($"quantile: the tensor and q, a number or vector, must be Float32 or Float64, but are {Dtype} and {q.Dtype}.");
        }

        var at = Dimension(dim);
        var parts = new Tensor[q.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var at01 = q.Reshape(-1).Select(0, i).Item<double>();
            parts[i] = at01 is >= 0 and <= 1
                ? Rows.Reduce<double, double>(As(DType.Float64), 1 << at, keepdim, row => RowQuantile(row, at01, skipsNaN)).As(Dtype)
                : throw new ArgumentOutOfRangeException(nameof(q), at01, "quantile: q must lie in 0 to 1.");
        }

        return q.Rank == 0 ? parts[0] : Joining.Stack(parts, 0);
    }

    private Tensor WithoutNaN() => ElementTypes.IsFloat(Dtype) ? Selection.Where(Isnan(), Of(0, Dtype), this) : this;

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

    private static void Running<T>(ReadOnlySpan<T> row, Span<T> result, Func<T, T, T> operation)
    {
        for (var i = 0; i < row.Length; i++)
        {
            result[i] = i == 0 ? row[0] : operation(result[i - 1], row[i]);
        }
    }

    private static T Product<T>(ReadOnlySpan<T> row)
        where T : INumberBase<T>
    {
        var product = T.One;
        foreach (var value in row)
        {
            product *= value;
        }

        return product;
    }

    private static double SquaresAroundMean(ReadOnlySpan<double> row)
    {
        var mean = TensorPrimitives.Sum(row) / row.Length;
        var sum = 0.0;
        foreach (var value in row)
        {
            sum += (value - mean) * (value - mean);
        }

        return sum;
    }

    private static double LogSumExp(ReadOnlySpan<double> row)
    {
        if (row.IsEmpty)
        {
            return double.NegativeInfinity;
        }

        var largest = TensorPrimitives.Max(row);
        if (double.IsInfinity(largest))
        {
            return largest;
        }

        var sum = 0.0;
        foreach (var value in row)
        {
            sum += Math.Exp(value - largest);
        }

        return largest + Math.Log(sum);
    }

    private static void Normalized(ReadOnlySpan<double> row, Span<double> result, bool logarithm)
    {
        if (row.IsEmpty)
        {
            return;
        }

        var total = LogSumExp(row);
        for (var i = 0; i < row.Length; i++)
        {
            result[i] = logarithm ? row[i] - total : Math.Exp(row[i] - total);
        }
    }

    // Of absolute values.
    private static double RowNorm(ReadOnlySpan<double> row, double p)
    {
        if (double.IsInfinity(p))
        {
            return row.IsEmpty ? 0 : p > 0 ? TensorPrimitives.Max(row) : TensorPrimitives.Min(row);
        }

        var sum = 0.0;
        foreach (var value in row)
        {
            sum += p == 0 ? (value != 0 ? 1 : 0) : p == 1 ? value : p == 2 ? value * value : Math.Pow(value, p);
        }

        return p == 0 || p == 1 ? sum : p == 2 ? Math.Sqrt(sum) : Math.Pow(sum, 1 / p);
    }

    private static long LastOfLongestRun(ReadOnlySpan<double> sorted)
    {
        var (best, bestLength, length) = (0, 0, 0);
        for (var i = 0; i < sorted.Length; i++)
        {
            length = i > 0 && sorted[i] == sorted[i - 1] ? length + 1 : 1;
            if (length > bestLength)
            {
                (best, bestLength) = (i, length);
            }
        }

        return best;
    }

    private static double RowQuantile(ReadOnlySpan<double> row, double q, bool skipsNaN)
    {
        var sorted = row.ToArray();
        Array.Sort(sorted);

        // Array.Sort puts NaN first.
        var missing = sorted.Count(double.IsNaN);
        var numbers = sorted.AsSpan(missing);
        if (numbers.IsEmpty || (missing > 0 && !skipsNaN))
        {
            return double.NaN;
        }

        var place = q * (numbers.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, numbers.Length - 1);
        return numbers[below] + ((place - below) * (numbers[above] - numbers[below]));
    }
}
