namespace Reparam.Runtime;

/// <summary>The input: nothing is dropped at run time.</summary>
[Counterpart("TorchSharp.Modules.FeatureAlphaDropout")]
public sealed class FeatureAlphaDropout : Module<Tensor, Tensor>
{
    internal FeatureAlphaDropout()
        : base(nameof(FeatureAlphaDropout))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Alias();
}
