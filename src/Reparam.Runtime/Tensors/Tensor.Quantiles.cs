using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime;

/// <content>Elements by their rank.</content>
public partial class Tensor
{
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

    /// <summary>Quantiles along a dimension, or of all elements for −1, with linear interpolation; NaN where an element is none.</summary>
    [Counterpart("quantile")]
    public Tensor Quantile(Tensor q, long dim = -1, bool keepdim = false) => QuantilesOf(q, dim, keepdim, false);

    /// <summary>Quantiles of the elements that are numbers, along a dimension or of all for −1.</summary>
    [Counterpart("nanquantile")]
    public Tensor Nanquantile(Tensor q, long dim = -1, bool keepdim = false) => QuantilesOf(q, dim, keepdim, true);

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

        var mask = dim == -1 ? Every : 1 << Dimension(dim);
        var parts = new Tensor[q.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var at01 = q.Reshape(-1).Select(0, i).Item<double>();
            parts[i] = at01 is >= 0 and <= 1
                ? Rows.Reduce<double, double>(As(DType.Float64), mask, keepdim, row => RowQuantile(row, at01, skipsNaN)).As(Dtype)
                : throw new ArgumentOutOfRangeException(nameof(q), at01, "quantile: q must lie in 0 to 1.");
        }

        return q.Rank == 0 ? parts[0] : Joining.Stack(parts, 0);
    }

    private Tensor WithoutNaN() => ElementTypes.IsFloat(Dtype) ? Selection.Where(Isnan(), Of(0, Dtype), this) : this;

    private Tensor RequireOrder(string operation) => Dtype == DType.Bool ? throw NoBool(operation) : this;

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
