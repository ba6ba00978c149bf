namespace Reparam.Runtime;

/// <summary>Channels of groups, one of each group after the other.</summary>
[Counterpart("TorchSharp.Modules.ChannelShuffle")]
public sealed class ChannelShuffle : Module<Tensor, Tensor>
{
    private readonly long groups;

    internal ChannelShuffle(long groups)
        : base(nameof(ChannelShuffle))
    {
        this.groups = groups;
    }

    /// <summary>[N, C, …] → the same shape.</summary>
    /// <exception cref="ArgumentException">The channels cannot be divided into the groups.</exception>
    public override Tensor Forward(Tensor input) => input.Rank > 2 && groups > 0 && input.Shape[1] % groups == 0
        ? input.Reshape(input.Shape[0], groups, input.Shape[1] / groups, -1).Transpose(1, 2).Reshape(input.Shape)
        : throw new ArgumentException($"ChannelShuffle: the channels of the input {Layout.Describe(input.Shape)} cannot be divided into {groups} group(s).");
}
