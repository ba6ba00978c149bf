namespace Reparam.Runtime;

/// <summary>Mean over the classes of max(0, margin − x[class] + x[other])ᵖ.</summary>
[Counterpart("TorchSharp.Modules.MultiMarginLoss")]
public sealed class MultiMarginLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly int p;
    private readonly double margin;
    private readonly Tensor? weight;

    internal MultiMarginLoss(int p, double margin, Tensor? weight, Reduction reduction)
        : base(nameof(MultiMarginLoss), reduction)
    {
        this.p = p;
        this.margin = margin;
        this.weight = weight;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) =>
        Functional.MultiMarginLoss(input, target, p, margin, weight, Reduction);
}
