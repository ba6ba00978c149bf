namespace Reparam.Runtime;

/// <summary>The input: nothing is dropped at run time.</summary>
[Counterpart("TorchSharp.Modules.AlphaDropout")]
public sealed class AlphaDropout : Module<Tensor, Tensor>
{
    internal AlphaDropout()
        : base(nameof(AlphaDropout))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Alias();
}
