namespace Reparam.Runtime;

/// <content>Losses of margins, counts, densities and alignments, for validation.</content>
public static partial class Nn
{
    /// <summary>Negative logarithm of the probability of a sequence under all of its alignments.</summary>
    [Counterpart("CTCLoss")]
    public static CTCLoss CTCLoss(
        long blank = 0, bool zero_infinity = false, Reduction reduction = Reduction.Mean) =>
        new(blank, zero_infinity, reduction);

    /// <summary>(ln v + (x − y)² / v) / 2.</summary>
    [Counterpart("GaussianNLLLoss")]
    public static GaussianNLLLoss GaussianNLLLoss(
        bool full = false, float eps = 1e-8f, Reduction reduction = Reduction.Mean) =>
        new(full, eps, reduction);

    /// <summary>x where the target is 1, and max(0, margin − x) where it is −1.</summary>
    [Counterpart("HingeEmbeddingLoss")]
    public static HingeEmbeddingLoss HingeEmbeddingLoss(double margin = 1, Reduction reduction = Reduction.Mean) => new(margin, reduction);

    /// <summary>Hinges between the classes of the target and the other ones.</summary>
    [Counterpart("MultiLabelMarginLoss")]
    public static MultiLabelMarginLoss MultiLabelMarginLoss(Reduction reduction = Reduction.Mean) => new(reduction);

    /// <summary>Mean over the classes of the binary cross entropies of σ(x).</summary>
    [Counterpart("MultiLabelSoftMarginLoss")]
    public static MultiLabelSoftMarginLoss MultiLabelSoftMarginLoss(
        Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
        new(weight, reduction);

    /// <summary>Mean over the classes of max(0, margin − x[class] + x[other])ᵖ.</summary>
    [Counterpart("MultiMarginLoss")]
    public static MultiMarginLoss MultiMarginLoss(
        int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
        new(p, margin, weight, reduction);

    /// <summary>e^x − y·x where the input is the logarithm of a rate, else x − y·ln(x + eps).</summary>
    [Counterpart("PoissonNLLLoss")]
    public static PoissonNLLLoss PoissonNLLLoss(
        bool log_input = true, bool full = false, float eps = 1e-8f, Reduction reduction = Reduction.Mean) =>
        new(log_input, full, eps, reduction);

    /// <summary>max(0, |a − p| − |a − n| + margin).</summary>
    [Counterpart("TripletMarginLoss")]
    public static TripletMarginLoss TripletMarginLoss(
        double margin = 1, long p = 2, double eps = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean) =>
        new(margin, p, eps, swap, reduction);

    /// <summary>max(0, d(a, p) − d(a, n) + margin) of a distance d.</summary>
    [Counterpart("TripletMarginWithDistanceLoss")]
    public static TripletMarginWithDistanceLoss TripletMarginWithDistanceLoss(
        Func<Tensor, Tensor, Tensor>? distance = null, double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean) =>
        new(distance, margin, swap, reduction);
}
