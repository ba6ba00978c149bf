namespace Reparam.Runtime;

/// <summary>The input: nothing is dropped at run time.</summary>
[Counterpart("TorchSharp.Modules.Dropout")]
public sealed class Dropout : Module<Tensor, Tensor>
{
    internal Dropout()
        : base(nameof(Dropout))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Alias();
}
