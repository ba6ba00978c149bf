using System.Numerics;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime;

/// <content>Sums, products and extremes up to each element.</content>
public partial class Tensor
{
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

    private static void Running<T>(ReadOnlySpan<T> row, Span<T> result, Func<T, T, T> operation)
    {
        for (var i = 0; i < row.Length; i++)
        {
            result[i] = i == 0 ? row[0] : operation(result[i - 1], row[i]);
        }
    }
}
