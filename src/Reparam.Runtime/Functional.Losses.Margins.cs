using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Losses of margins, counts, densities and alignments, for validation.</content>
public static partial class Functional
{
    /// <summary>e^x − y·x where the input is the logarithm of a rate, else x − y·ln(x + eps).</summary>
    /// <param name="input">Rates, or their logarithms.</param>
    /// <param name="target">Counts.</param>
    /// <param name="log_input">Whether the input is a logarithm.</param>
    /// <param name="full">Whether Stirling's approximation of ln(y!) is added where y is above 1.</param>
    /// <param name="eps">Keeps the logarithm of zero away.</param>
    /// <param name="reduction">How the losses are reduced.</param>
    [Counterpart("poisson_nll_loss")]
    public static Tensor PoissonNllLoss(
        Tensor input, Tensor target, bool log_input = true, bool full = false, float eps = 1e-8f, Reduction reduction = Reduction.Mean)
    {
        var losses = log_input ? input.Exp().Sub(target.Mul(input)) : input.Sub(target.Mul(input.Add(eps).Log()));
        if (full)
        {
            var stirling = target.Mul(target.Log()).Sub(target).Add(target.Mul(2 * Math.PI).Log().Mul(0.5));
            losses = losses.Add(stirling.MaskedFill(target.Le(1), 0));
        }

        return Reduce(losses, reduction);
    }

    /// <summary>Sums over each element of the batch of (ln v + (x − y)² / v) / 2, the variance v at least eps.</summary>
    /// <param name="input">Means [N, …].</param>
    /// <param name="target">Observations [N, …].</param>
    /// <param name="variance">Variances [N, …], or one for each element of the batch.</param>
    /// <param name="full">Whether ln(2π) / 2 is added for each observation.</param>
    /// <param name="eps">The least variance.</param>
    /// <param name="reduction">How the sums, [N], are reduced.</param>
    /// <exception cref="ArgumentException">A variance is negative, or the shapes do not fit.</exception>
    [Counterpart("gaussian_nll_loss")]
    public static Tensor GaussianNllLoss(
        Tensor input, Tensor target, Tensor variance, bool full = false, float eps = 1e-6f, Reduction reduction = Reduction.Mean)
    {
        var isKnown = input.Rank > 0 && target.Shape.SequenceEqual(input.Shape) && variance.Rank > 0 && variance.Shape[0] == input.Shape[0];
        var (means, variances) = (input.Rank > 0 ? input.Reshape(input.Shape[0], -1) : input, isKnown ? variance.Reshape(input.Shape[0], -1) : variance);
        if (!isKnown || (variances.Shape[1] != means.Shape[1] && variances.Shape[1] != 1))
        {
            throw new ArgumentException(
                $"gaussian_nll_loss: observations {Layout.Describe(target.Shape)} and variances {Layout.Describe(variance.Shape)} do not fit the means "
                    + $"{Layout.Describe(input.Shape)}.");
        }

        if (variance.Lt(0).Any().ToBoolean())
        {
            throw new ArgumentException("gaussian_nll_loss: a variance is negative.");
        }

        var least = variances.ClampMin(eps);
        var losses = means.Sub(target.Reshape(means.Shape)).Square().Div(least).Add(least.Log()).Mul(0.5).Sum(1);
        return Reduce(full ? losses.Add(0.5 * means.Shape[1] * Math.Log(2 * Math.PI)) : losses, reduction);
    }

    /// <summary>x where the target is 1, and max(0, margin − x) where it is −1.</summary>
    [Counterpart("hinge_embedding_loss")]
    public static Tensor HingeEmbeddingLoss(Tensor input, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        var zeros = Torch.ZerosLike(input);
        var near = Torch.Where(target.Eq(1), input, zeros);
        return Reduce(near.Add(Torch.Where(target.Eq(-1), input.Neg().Add(margin).ClampMin(0), zeros)), reduction);
    }

    /// <summary>Mean over the classes of max(0, margin − x[class] + x[other])ᵖ.</summary>
    /// <param name="input">Scores [N, C] or [C].</param>
    /// <param name="target">Classes [N] or [].</param>
    /// <param name="p">1 or 2.</param>
    /// <param name="margin">The margin.</param>
    /// <param name="weight">A factor for each class, [C]; or null.</param>
    /// <param name="reduction">How the losses are reduced.</param>
    /// <exception cref="ArgumentException">The targets are no classes, or p is another number.</exception>
    [Counterpart("multi_margin_loss")]
    public static Tensor MultiMarginLoss(
        Tensor input, Tensor target, int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        if (p is not (1 or 2) || target.Dtype != DType.Int64 || input.Rank is not (1 or 2) || target.Rank != input.Rank - 1)
        {
            throw new ArgumentException(
                $"multi_margin_loss takes scores [N, C] and classes (Int64) [N], and p of 1 or 2; not {Layout.Describe(input.Shape)}, "
                    + $"{target.Dtype} {Layout.Describe(target.Shape)} and {p}.");
        }

        var classes = target.Unsqueeze(-1);
        var excess = input.Sub(input.Gather(-1, classes)).Add(margin).ClampMin(0);
        excess = p == 2 ? excess.Square() : excess;
        excess = weight is null ? excess : excess.Mul(weight.IndexSelect(0, target.Reshape(-1)).Reshape(classes.Shape));
        var others = excess.Scatter(-1, classes, Torch.ZerosLike(excess.Gather(-1, classes)));
        return Reduce(others.Sum(-1).Div(input.Shape[^1]), reduction);
    }

    /// <summary>Mean over the classes of the binary cross entropies of σ(x).</summary>
    /// <param name="input">Scores [..., C].</param>
    /// <param name="target">Zeros and ones [..., C].</param>
    /// <param name="weight">A factor for each class, [C]; or null.</param>
    /// <param name="reduction">How the losses are reduced.</param>
    [Counterpart("multilabel_soft_margin_loss")]
    public static Tensor MultilabelSoftMarginLoss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
        Reduce(BinaryCrossEntropyWithLogits(input, target, weight, Reduction.None).Mean([-1]), reduction);

    /// <summary>Sum over the classes of the target and the other ones of max(0, 1 − x[class] + x[other]), over the number of classes.</summary>
    /// <param name="input">Scores [N, C] or [C].</param>
    /// <param name="target">Classes, Int64, of the same shape; from the first −1 on they do not count.</param>
    /// <param name="reduction">How the losses are reduced.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a target is no class.</exception>
    [Counterpart("multi_label_margin_loss")]
    public static Tensor MultiLabelMarginLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Losses.MultiLabelMargin(input, target), reduction);

    /// <summary>max(0, |a − p| − |a − n| + margin): the positive must be nearer to the anchor than the negative.</summary>
    /// <param name="anchor">[N, D] or [D].</param>
    /// <param name="positive">[N, D] or [D].</param>
    /// <param name="negative">[N, D] or [D].</param>
    /// <param name="margin">How much nearer.</param>
    /// <param name="p">The norm of the distances.</param>
    /// <param name="eps">Added to the differences.</param>
    /// <param name="swap">Whether the distance of the positive to the negative counts where it is less than the anchor's.</param>
    /// <param name="reduction">How the losses are reduced.</param>
    [Counterpart("triplet_margin_loss")]
    public static Tensor TripletMarginLoss(
        Tensor anchor, Tensor positive, Tensor negative, double margin = 1, long p = 2, double eps = 1e-6, bool swap = false,
        Reduction reduction = Reduction.Mean) =>
        TripletMarginWithDistanceLoss(anchor, positive, negative, (a, b) => PairwiseDistance(a, b, p, eps), margin, swap, reduction);

    /// <summary>max(0, d(a, p) − d(a, n) + margin) of a distance d, by default the 2-norm of the difference.</summary>
    [Counterpart("triplet_margin_with_distance_loss")]
    public static Tensor TripletMarginWithDistanceLoss(
        Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distance = null, double margin = 1, bool swap = false,
        Reduction reduction = Reduction.Mean)
    {
        distance ??= (a, b) => PairwiseDistance(a, b);
        var far = distance(anchor, negative);
        far = swap ? far.Minimum(distance(positive, negative)) : far;
        return Reduce(distance(anchor, positive).Sub(far).Add(margin).ClampMin(0), reduction);
    }

    /// <summary>
    /// Negative logarithm of the probability of a sequence under all of its alignments (Graves et al., "Connectionist temporal classification", 2006).
    /// </summary>
    /// <param name="log_probs">Logarithms of probabilities [T, N, C] or [T, C].</param>
    /// <param name="targets">Classes [N, S], or those of all sequences one after the other.</param>
    /// <param name="input_lengths">Steps of each sequence, [N].</param>
    /// <param name="target_lengths">Classes of each target, [N].</param>
    /// <param name="blank">The class that stands for nothing.</param>
    /// <param name="zero_infinity">Whether a sequence without alignment costs nothing instead of infinity.</param>
    /// <param name="reduction">How the losses are reduced; a mean divides each by its target's length first.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a length or class is out of range.</exception>
    [Counterpart("ctc_loss")]
    public static Tensor CtcLoss(
        Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, long blank = 0, bool zero_infinity = false,
        Reduction reduction = Reduction.Mean)
    {
        var losses = AlignmentLoss.Run(log_probs, targets, input_lengths, target_lengths, (int)blank);
        losses = zero_infinity ? losses.MaskedFill(losses.Isinf(), 0) : losses;
        return reduction == Reduction.Mean
            ? losses.Div(target_lengths.ToType(losses.Dtype).Reshape(losses.Shape).ClampMin(1)).Mean()
            : Reduce(losses, reduction);
    }
}
