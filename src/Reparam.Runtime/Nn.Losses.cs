namespace Reparam.Runtime;

/// <content>Losses, for validation.</content>
public static partial class Nn
{
    /// <summary>Negative log-likelihood of classes under a softmax.</summary>
    [Counterpart("CrossEntropyLoss")]
    public static CrossEntropyLoss CrossEntropyLoss(long? ignore_index = null, Reduction reduction = Reduction.Mean) => new(ignore_index, reduction);

    /// <summary>Negative logarithms of the probabilities of classes.</summary>
    [Counterpart("NLLLoss")]
    public static NLLLoss NLLLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);

    /// <summary>(x − y)².</summary>
    [Counterpart("MSELoss")]
    public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);

    /// <summary>|x − y|.</summary>
    [Counterpart("L1Loss")]
    public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);

    /// <summary>(x − y)² / (2·beta) near zero, else |x − y| − beta / 2.</summary>
    [Counterpart("SmoothL1Loss")]
    public static SmoothL1Loss SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1) => new(reduction, beta);

    /// <summary>(x − y)² / 2 near zero, else delta·(|x − y| − delta / 2).</summary>
    [Counterpart("HuberLoss")]
    public static HuberLoss HuberLoss(double delta = 1, Reduction reduction = Reduction.Mean) => new(delta, reduction);

    /// <summary>Binary cross entropy.</summary>
    [Counterpart("BCELoss")]
    public static BCELoss BCELoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);

    /// <summary>Binary cross entropy of σ(x).</summary>
    [Counterpart("BCEWithLogitsLoss")]
    public static BCEWithLogitsLoss BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
        new(weight, reduction, pos_weights);

    /// <summary>Kullback-Leibler divergence.</summary>
    [Counterpart("KLDivLoss")]
    public static KLDivLoss KLDivLoss(bool log_target = true, Reduction reduction = Reduction.Mean) => new(log_target, reduction);

    /// <summary>ln(1 + e^(−y·x)).</summary>
    [Counterpart("SoftMarginLoss")]
    public static SoftMarginLoss SoftMarginLoss(Reduction reduction = Reduction.Mean) => new(reduction);

    /// <summary>1 − cos of vectors that belong together, and max(0, cos − margin) of those that do not.</summary>
    [Counterpart("CosineEmbeddingLoss")]
    public static CosineEmbeddingLoss CosineEmbeddingLoss(double margin = 0, Reduction reduction = Reduction.Mean) => new(margin, reduction);

    /// <summary>max(0, −y·(x₁ − x₂) + margin).</summary>
    [Counterpart("MarginRankingLoss")]
    public static MarginRankingLoss MarginRankingLoss(double margin = 0, Reduction reduction = Reduction.Mean) => new(margin, reduction);
}
