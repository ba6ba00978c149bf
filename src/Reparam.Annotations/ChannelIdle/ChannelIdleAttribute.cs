namespace Reparam;

/// <summary>
/// RePaViT: a feed-forward block of which a part of the hidden channels skips the activation, and so is linear. It folds into a smaller one: one linear layer
/// [dim, dim] that holds the idle channels, the residual and the batch norms, and two layers of the active channels alone (Xu, Li, Chen, Liu and Wang, ICML
/// 2025, arXiv 2505.21847).
/// </summary>
/// <param name="ratio">Part θ of the hidden channels that is idle. 0 to 1. Default 0.75, the paper's.</param>
[ReparamMethod("Reparam.Compression.ChannelIdle.ChannelIdleFold", Source = "RePaViT: Xu et al., ICML 2025, arXiv 2505.21847")]
public sealed class ChannelIdleAttribute([ReparamRange(0, 1)] double ratio = 0.75) : StructureAttribute
{
    /// <summary>Part θ of the hidden channels that is idle.</summary>
    public double Ratio { get; } = ratio;

    /// <summary>Number k of active channels, which <see cref="Ratio"/> then does not tell; −1, the default, takes it from the ratio.</summary>
    [ReparamRange(-1, int.MaxValue)]
    public int Active { get; set; } = -1;

    /// <summary>Where batch normalization stands. Default <see cref="IdleNorms.Both"/>, the paper's.</summary>
    public IdleNorms Norms { get; set; } = IdleNorms.Both;

    /// <summary>Added to a variance under its root, in training and in the fold. Default 1e-5.</summary>
    [ReparamRange(1e-12, 1)]
    public double Eps { get; set; } = 1e-5;

    /// <summary>Part of a batch's statistics that goes into the running ones. Default 0.1.</summary>
    [ReparamRange(0, 1)]
    public double Momentum { get; set; } = 0.1;

    /// <summary>
    /// Probability that the branch of a sample (an index of the first dimension) is left out in a training forward; the others are scaled to make up for it.
    /// Default 0.
    /// </summary>
    [ReparamRange(0, 0.99)]
    public double DropPath { get; set; }

    /// <summary>
    /// The number of active channels, k = ceil(hidden · (1 − θ)). It is computed in decimal: the float remainder of 1 − 0.7 would make 1537 of 1536.
    /// </summary>
    /// <param name="hidden">Hidden channels, at least 1.</param>
    /// <param name="ratio">Part θ that is idle, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static int ActiveChannels(long hidden, double ratio)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hidden, int.MaxValue);
        return ratio is >= 0 and <= 1
            ? (int)Math.Ceiling(hidden * (1 - (decimal)ratio))
            : throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "The idle part of the channels is 0 to 1.");
    }

    /// <summary>The number of active channels of a block with these options.</summary>
    /// <param name="hidden">Hidden channels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer hidden channels than <see cref="Active"/>, or an option is out of its range.</exception>
    public int ActiveOf(long hidden)
    {
        if (Active == -1)
        {
            return ActiveChannels(hidden, Ratio);
        }

        return Active >= 0 && Active <= hidden
            ? Active
            : throw new ArgumentOutOfRangeException(nameof(hidden), hidden, $"The block has {hidden} hidden channels and {Active} active ones; "
                + $"expected 0 to {hidden}.");
    }
}
