namespace Reparam.Runtime;

/// <summary>The input: nothing is dropped at run time.</summary>
[Counterpart("TorchSharp.Modules.Dropout2d")]
public sealed class Dropout2d : Module<Tensor, Tensor>
{
    internal Dropout2d()
        : base(nameof(Dropout2d))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Alias();
}
