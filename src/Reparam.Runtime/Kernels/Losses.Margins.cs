namespace Reparam.Runtime.Kernels;

/// <content>Losses of several classes at once.</content>
internal static partial class Losses
{
    /// <summary>One loss for each row: [N], or [].</summary>
    /// <param name="input">Scores [N, C] or [C].</param>
    /// <param name="target">Classes, Int64, of the same shape; from the first −1 on they do not count.</param>
    public static Tensor MultiLabelMargin(Tensor input, Tensor target)
    {
        if (input.Rank is not (1 or 2) || target.Dtype != DType.Int64 || !target.Shape.SequenceEqual(input.Shape))
        {
            throw new ArgumentException(
                $"multi_label_margin_loss takes scores and classes (Int64) [N, C] or [C], not {Layout.Describe(input.Shape)} and {target.Dtype} "
                    + $"{Layout.Describe(target.Shape)}.");
        }

        var count = (int)input.Shape[^1];
        var scores = input.ToType(DType.Float64).ToArray<double>();
        var labels = target.ToArray<long>();
        var losses = new double[count == 0 ? 0 : scores.Length / count];
        for (var row = 0; row < losses.Length; row++)
        {
            losses[row] = MultiLabelMargin(scores.AsSpan(row * count, count), labels.AsSpan(row * count, count));
        }

        var result = Torch.Tensor(losses).ToType(input.Dtype);
        return input.Rank == 2 ? result : result.Squeeze(0);
    }

    private static double MultiLabelMargin(ReadOnlySpan<double> scores, ReadOnlySpan<long> labels)
    {
        var end = labels.IndexOf(-1);
        var chosen = end < 0 ? labels : labels[..end];
        var sum = 0.0;
        foreach (var label in chosen)
        {
            if (label < 0 || label >= scores.Length)
            {
                throw new ArgumentException($"multi_label_margin_loss: target {label} is none of {scores.Length} classes.");
            }

            for (var other = 0; other < scores.Length; other++)
            {
                sum += chosen.Contains(other) ? 0 : Math.Max(0, 1 - scores[(int)label] + scores[other]);
            }
        }

        return sum / scores.Length;
    }
}
