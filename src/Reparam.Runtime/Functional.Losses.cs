namespace Reparam.Runtime;

/// <content>Losses, for validation.</content>
public static partial class Functional
{
    /// <summary>(x − y)².</summary>
    [Counterpart("mse_loss")]
    public static Tensor MseLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Reduce(input.Sub(target).Square(), reduction);

    /// <summary>|x − y|.</summary>
    [Counterpart("l1_loss")]
    public static Tensor L1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Reduce(input.Sub(target).Abs(), reduction);

    /// <summary>(x − y)² / (2·beta) where the difference is below beta, else |x − y| − beta / 2.</summary>
    [Counterpart("smooth_l1_loss")]
    public static Tensor SmoothL1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) =>
        beta == 0 ? L1Loss(input, target, reduction) : Reduce(Huber(input, target, beta).Div(beta), reduction);

    /// <summary>(x − y)² / 2 where the difference is at most delta, else delta·(|x − y| − delta / 2).</summary>
    [Counterpart("huber_loss")]
    public static Tensor HuberLoss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) =>
        Reduce(Huber(input, target, delta), reduction);

    /// <summary>Negative logarithms of the probabilities of classes.</summary>
    /// <param name="input">Logarithms [N, C], [N, C, …] or [C].</param>
    /// <param name="target">Classes [N], [N, …] or [].</param>
    /// <param name="weight">A factor for each class, [C]; or null.</param>
    /// <param name="reduction">How the losses are reduced; a mean is weighed by the factors.</param>
    /// <exception cref="ArgumentException">The targets are no classes.</exception>
    [Counterpart("nll_loss")]
    public static Tensor NllLoss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        if (target.Dtype != DType.Int64 || target.Rank != Math.Max(input.Rank - 1, 0))
        {
            throw new ArgumentException(
                $"nll_loss: targets must be classes (Int64) that fit the input {Layout.Describe(input.Shape)}, but are {target.Dtype} "
                    + $"{Layout.Describe(target.Shape)}.");
        }

        var dim = input.Rank == 1 ? 0 : 1;
        var losses = input.Gather(dim, target.Unsqueeze(dim)).Squeeze(dim).Neg();
        if (weight is null)
        {
            return Reduce(losses, reduction);
        }

        var factors = weight.IndexSelect(0, target.Reshape(-1)).Reshape(target.Shape);
        losses = losses.Mul(factors);
        return reduction == Reduction.Mean ? losses.Sum().Div(factors.Sum()) : Reduce(losses, reduction);
    }

    /// <summary>−(y·ln x + (1 − y)·ln(1 − x)), the logarithms at least −100.</summary>
    [Counterpart("binary_cross_entropy")]
    public static Tensor BinaryCrossEntropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        var losses = target.Sub(1).Mul(input.Neg().Add(1).Log().ClampMin(-100)).Sub(target.Mul(input.Log().ClampMin(-100)));
        return Reduce(weight is null ? losses : losses.Mul(weight), reduction);
    }

    /// <summary>The binary cross entropy of σ(x).</summary>
    [Counterpart("binary_cross_entropy_with_logits")]
    public static Tensor BinaryCrossEntropyWithLogits(
        Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
    {
        var likely = Logsigmoid(input);
        var losses = pos_weights is null
            ? target.Neg().Add(1).Mul(input).Sub(likely)
            : target.Neg().Add(1).Mul(input).Sub(pos_weights.Sub(1).Mul(target).Add(1).Mul(likely));
        return Reduce(weight is null ? losses : losses.Mul(weight), reduction);
    }

    /// <summary>Kullback-Leibler divergence of distributions whose logarithms are given.</summary>
    /// <param name="input">Logarithms of probabilities.</param>
    /// <param name="target">Probabilities, or their logarithms.</param>
    /// <param name="log_target">Whether the targets are logarithms.</param>
    /// <param name="reduction">How the losses are reduced.</param>
    [Counterpart("kl_div")]
    public static Tensor KlDiv(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean)
    {
        if (log_target)
        {
            return Reduce(target.Exp().Mul(target.Sub(input)), reduction);
        }

        // 0·ln 0 is 0.
        var entropy = Torch.Where(target.Eq(0), Torch.Zeros(target.Shape), target.Mul(target.Log()));
        return Reduce(entropy.Sub(target.Mul(input)), reduction);
    }

    /// <summary>1 − cos of two vectors that belong together (1), and max(0, cos − margin) of those that do not (−1).</summary>
    [Counterpart("cosine_embedding_loss")]
    public static Tensor CosineEmbeddingLoss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        var cosine = CosineSimilarity(input1, input2, -1, 1e-12);
        var zeros = Torch.Zeros(cosine.Shape);
        return Reduce(
            Torch.Where(target.Eq(1), cosine.Neg().Add(1), zeros).Add(Torch.Where(target.Eq(-1), cosine.Sub(margin).ClampMin(0), zeros)), reduction);
    }

    /// <summary>max(0, −y·(x₁ − x₂) + margin).</summary>
    [Counterpart("margin_ranking_loss")]
    public static Tensor MarginRankingLoss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) =>
        Reduce(target.Neg().Mul(input1.Sub(input2)).Add(margin).ClampMin(0), reduction);

    /// <summary>ln(1 + e^(−y·x)).</summary>
    [Counterpart("soft_margin_loss")]
    public static Tensor SoftMarginLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(target.Neg().Mul(input).Exp().Add(1).Log(), reduction);

    private static Tensor Huber(Tensor input, Tensor target, double delta)
    {
        var distance = input.Sub(target).Abs();
        return Torch.Where(distance.Lt(delta), distance.Square().Mul(0.5), distance.Sub(0.5 * delta).Mul(delta));
    }

    private static Tensor Reduce(Tensor losses, Reduction reduction) => reduction switch
    {
        Reduction.None => losses,
        Reduction.Sum => losses.Sum(),
        _ => losses.Mean(),
    };
}
