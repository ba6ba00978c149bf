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
}
