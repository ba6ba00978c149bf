using System.Numerics.Tensors;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime.Kernels;

/// <summary>Scaled dot-product attention, softmax(q·kᵀ/√d + mask)·v.</summary>
internal static class Attention
{
    /// <summary>Runs over any number of leading dimensions, which are broadcast.</summary>
    /// <param name="query">[…, L, d].</param>
    /// <param name="key">[…, S, d].</param>
    /// <param name="value">[…, S, e].</param>
    /// <param name="mask">Broadcast to […, L, S]: true where attention is allowed, or numbers that are added. Null for none.</param>
    /// <param name="causal">Whether query i sees keys 0 … i only.</param>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        if (mask is not null && causal)
        {
            throw new ArgumentException("scaled_dot_product_attention: give a mask or is_casual, not both.");
        }

        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2)
        {
            throw new ArgumentException("scaled_dot_product_attention: query, key and value need at least two dimensions.");
        }

        var scores = query.Mul(1 / MathF.Sqrt(query.Shape[^1])).Matmul(key.Transpose(-2, -1));
        if (mask is { Dtype: DType.Bool })
        {
            scores.MaskedFill_(mask.LogicalNot(), float.NegativeInfinity);
        }
        else if (mask is not null)
        {
            scores = scores.Add(mask).AsContiguous();
        }

        var (queries, keys) = ((int)scores.Shape[^2], (int)scores.Shape[^1]);
        var rows = Pointwise.Flat<float>(scores);
        for (var i = 0; keys > 0 && i < rows.Length / keys; i++)
        {
            var row = rows.Slice(i * keys, keys);
            if (causal && i % queries + 1 < keys)
            {
                row[(i % queries + 1)..].Fill(float.NegativeInfinity);
            }

            Softmax(row);
        }

        return scores.Matmul(value);
    }

    private static void Softmax(Span<float> row)
    {
        var largest = TensorPrimitives.Max<float>(row);
        if (largest == float.NegativeInfinity)
        {
            // Nothing may be attended to: libtorch gives zero, not NaN.
            row.Clear();
            return;
        }

        TensorPrimitives.Subtract(row, largest, row);
        TensorPrimitives.Exp<float>(row, row);
        TensorPrimitives.Divide(row, SumFloat.Apply(row), row);
    }
}
