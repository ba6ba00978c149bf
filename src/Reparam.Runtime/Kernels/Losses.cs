namespace Reparam.Runtime.Kernels;

/// <summary>Losses, for validation.</summary>
internal static partial class Losses
{
    public static Tensor CrossEntropy(Tensor input, Tensor target, long ignored, Reduction reduction)
    {
        var scores = input.Rank == 1 ? input.Unsqueeze(0) : input;
        var classes = input.Rank == 1 ? target.Unsqueeze(0) : target;
        if (target.Dtype != DType.Int64)
        {
            throw new ArgumentException($"cross_entropy: targets must be classes (Int64), but are {target.Dtype}.");
        }

        if (scores.Rank < 2 || classes.Rank != scores.Rank - 1 || classes.Shape[0] != scores.Shape[0] || !classes.Shape[1..].SequenceEqual(scores.Shape[2..]))
        {
            throw new ArgumentException($"cross_entropy: targets {Layout.Describe(target.Shape)} do not fit scores {Layout.Describe(input.Shape)}.");
        }

        // Classes last: one row of logarithms for each target.
        Span<long> order = stackalloc long[scores.Rank];
        for (var i = 1; i < order.Length; i++)
        {
            order[i] = i == order.Length - 1 ? 1 : i + 1;
        }

        var count = (int)scores.Shape[1];
        var logarithms = Pointwise.Flat<float>(scores.Permute(order).LogSoftmax(-1).AsContiguous());
        var labels = Pointwise.Flat<long>(classes.AsContiguous());
        var losses = Tensor.Allocate(DType.Float32, classes.Shape);
        var values = Pointwise.Flat<float>(losses);
        var counted = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == ignored)
            {
                values[i] = 0;
                continue;
            }

            if (labels[i] < 0 || labels[i] >= count)
            {
                throw new ArgumentOutOfRangeException(nameof(target), labels[i], $"cross_entropy: target {labels[i]} is none of {count} classes.");
            }

            values[i] = -logarithms[i * count + (int)labels[i]];
            counted++;
        }

        return reduction switch
        {
            Reduction.None => input.Rank == 1 ? losses.Select(0, 0) : losses,
            Reduction.Sum => losses.Sum(),
            _ => losses.Sum().Div(counted),
        };
    }
}
