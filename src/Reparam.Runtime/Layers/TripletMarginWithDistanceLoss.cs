namespace Reparam.Runtime;

/// <summary>max(0, d(a, p) − d(a, n) + margin) of a distance d.</summary>
[Counterpart("TorchSharp.Modules.TripletMarginWithDistanceLoss")]
public sealed class TripletMarginWithDistanceLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor, Tensor>? distance;
    private readonly double margin;
    private readonly bool swap;

    internal TripletMarginWithDistanceLoss(Func<Tensor, Tensor, Tensor>? distance, double margin, bool swap, Reduction reduction)
        : base(nameof(TripletMarginWithDistanceLoss), reduction)
    {
        this.distance = distance;
        this.margin = margin;
        this.swap = swap;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) =>
        Functional.TripletMarginWithDistanceLoss(anchor, positive, negative, distance, margin, swap, Reduction);
}
