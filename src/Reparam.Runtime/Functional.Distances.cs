using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Distances, products of two inputs, and bags of rows.</content>
public static partial class Functional
{
    /// <summary>Divides each vector along a dimension by its p-norm.</summary>
    [Counterpart("normalize")]
    public static Tensor Normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12) =>
        input.Div(Norm(input, p, dim, keepdim: true).ClampMin(eps));

    /// <summary>Cosine of the angle of vectors along a dimension.</summary>
    [Counterpart("cosine_similarity")]
    public static Tensor CosineSimilarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8)
    {
        var first = x1.Div(Norm(x1, 2, dim, keepdim: true).ClampMin(eps));
        return first.Mul(x2.Div(Norm(x2, 2, dim, keepdim: true).ClampMin(eps))).Sum([dim]);
    }

    /// <summary>p-norm of the difference of vectors along the last dimension.</summary>
    [Counterpart("pairwise_distance")]
    public static Tensor PairwiseDistance(Tensor input1, Tensor input2, double p = 2, double eps = 1e-6, bool keepdim = false) =>
        Norm(input1.Sub(input2).Add(eps), p, -1, keepdim);

    /// <summary>x₁ᵀ·W·x₂ + b for each matrix of W.</summary>
    /// <param name="input1">[…, in₁].</param>
    /// <param name="input2">[…, in₂].</param>
    /// <param name="weight">[out, in₁, in₂].</param>
    /// <param name="bias">[out], or null.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("bilinear")]
    public static Tensor Bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null)
    {
        if (weight.Rank != 3 || input1.Rank == 0 || input1.Rank != input2.Rank || !input1.Shape[..^1].SequenceEqual(input2.Shape[..^1])
            || input1.Shape[^1] != weight.Shape[1] || input2.Shape[^1] != weight.Shape[2])
        {
            throw new ArgumentException(
                $"bilinear: inputs {Layout.Describe(input1.Shape)} and {Layout.Describe(input2.Shape)} do not fit the weight {Layout.Describe(weight.Shape)}.");
        }

        var (outputs, first, second) = (weight.Shape[0], weight.Shape[1], weight.Shape[2]);
        var products = Linear(input2, weight.Reshape(outputs * first, second)).Reshape([.. input1.Shape[..^1], outputs, first]);
        var sums = products.Mul(input1.Unsqueeze(-2)).Sum([-1]);
        return bias is null ? sums : sums.Add(bias);
    }

    /// <summary>Rows of a table, made one row for each bag.</summary>
    /// <param name="input">Integers [bags, size], or all bags one after the other.</param>
    /// <param name="weight">[entries, width], dense or packed.</param>
    /// <param name="offsets">Where each bag begins, for an input of one dimension; else null.</param>
    /// <param name="factors">A factor for each element of the input, for sums; or null.</param>
    /// <param name="mode">How the rows of a bag become one.</param>
    /// <param name="hasEnd">Whether the last offset is the end of the last bag.</param>
    /// <param name="ignored">An entry that does not count; negative for none.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    internal static Tensor Bags(Tensor input, Tensor weight, Tensor? offsets, Tensor? factors, EmbeddingBagMode mode, bool hasEnd, long ignored)
    {
        if (input.Rank is not (1 or 2) || (input.Rank == 1) == (offsets is null) || (factors is not null && mode != EmbeddingBagMode.Sum)
            || (factors is not null && !factors.Shape.SequenceEqual(input.Shape)))
        {
            throw new ArgumentException(
                $"EmbeddingBag: integers [bags, size], or [elements] with offsets, and factors of the same shape for sums are expected, but the input is "
                    + $"{Layout.Describe(input.Shape)}{(offsets is null ? "" : " with offsets")}{(factors is null ? "" : $" and factors, of {mode}")}.");
        }

        var indices = input.ToType(DType.Int64).AsContiguous();
        var starts = offsets is null
            ? [.. Enumerable.Range(0, (int)input.Shape[0]).Select(bag => bag * input.Shape[1])]
            : offsets.ToType(DType.Int64).ToArray<long>();
        var bags = starts.Length - (hasEnd && offsets is not null ? 1 : 0);
        var rows = EmbeddingKernel.Run(indices.Reshape(-1), weight);
        var result = Torch.Zeros([bags, weight.Shape[1]]);
        var width = (int)weight.Shape[1];
        var entries = Pointwise.Flat<long>(indices);
        ReadOnlySpan<float> scales = factors is null ? default : Pointwise.Flat<float>(factors.AsContiguous());
        for (var bag = 0; bag < bags; bag++)
        {
            var target = Pointwise.Flat<float>(result).Slice(bag * width, width);
            var counted = 0;
            var end = bag + 1 < starts.Length ? starts[bag + 1] : entries.Length;
            for (var i = (int)starts[bag]; i < end; i++)
            {
                if (entries[i] == ignored)
                {
                    continue;
                }

                var row = Pointwise.Flat<float>(rows).Slice(i * width, width);
                var scale = scales.IsEmpty ? 1 : scales[i];
                for (var j = 0; j < width; j++)
                {
                    target[j] = mode != EmbeddingBagMode.Max ? target[j] + (row[j] * scale) : counted == 0 ? row[j] : Math.Max(target[j], row[j]);
                }

                counted++;
            }

            for (var j = 0; j < width && mode == EmbeddingBagMode.Mean && counted > 0; j++)
            {
                target[j] /= counted;
            }
        }

        return result;
    }

    private static Tensor Norm(Tensor x, double p, long dim, bool keepdim) => p switch
    {
        2 => x.Square().Sum([dim], keepdim).Sqrt(),
        1 => x.Abs().Sum([dim], keepdim),
        double.PositiveInfinity => x.Abs().Max(dim, keepdim).values,
        _ => x.Abs().Pow(p).Sum([dim], keepdim).Pow(1 / p),
    };
}
