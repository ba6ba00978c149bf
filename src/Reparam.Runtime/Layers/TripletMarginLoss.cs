namespace Reparam.Runtime;

/// <summary>max(0, |a − p| − |a − n| + margin).</summary>
[Counterpart("TorchSharp.Modules.TripletMarginLoss")]
public sealed class TripletMarginLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    private readonly double margin;
    private readonly long p;
    private readonly double eps;
    private readonly bool swap;

    internal TripletMarginLoss(double margin, long p, double eps, bool swap, Reduction reduction)
        : base(nameof(TripletMarginLoss), reduction)
    {
        this.margin = margin;
        this.p = p;
        this.eps = eps;
        this.swap = swap;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) =>
        Functional.TripletMarginLoss(anchor, positive, negative, margin, p, eps, swap, Reduction);
}
