using System.Numerics.Tensors;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime;

/// <content>Variances and standard deviations.</content>
public partial class Tensor
{
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
}
