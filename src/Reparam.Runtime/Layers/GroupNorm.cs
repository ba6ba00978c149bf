namespace Reparam.Runtime;

/// <summary>Normalizes groups of channels of each element of the batch, then scales and shifts each channel.</summary>
[Counterpart("TorchSharp.Modules.GroupNorm")]
public sealed class GroupNorm : Module<Tensor, Tensor>
{
    internal GroupNorm(long num_groups, long num_channels, double eps, bool affine)
        : base(nameof(GroupNorm))
    {
        NumGroups = num_groups;
        Eps = eps;
        Weight = affine ? new Parameter(num_channels) : null;
        Bias = affine ? new Parameter(num_channels) : null;
    }

    /// <summary>[channels], or null.</summary>
    [Counterpart("weight")]
    public Parameter? Weight { get; set; }

    /// <summary>[channels], or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>Number of groups.</summary>
    [Counterpart("num_groups")]
    public long NumGroups { get; }

    /// <summary>Added to the variance.</summary>
    [Counterpart("eps")]
    public double Eps { get; }

    /// <summary>[N, C, …] → the same shape.</summary>
    /// <exception cref="ArgumentException">The input has less than three dimensions, or the channels do not fit.</exception>
    public override Tensor Forward(Tensor input) => input.Rank >= 3
        ? Functional.GroupNorm(input, NumGroups, Weight, Bias, Eps)
        : throw new ArgumentException($"GroupNorm: the input must be [N, C, …] with three dimensions or more, but is {Layout.Describe(input.Shape)}.");

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
    }
}
