namespace Reparam.Runtime;

/// <summary>The input: nothing is dropped at run time.</summary>
[Counterpart("TorchSharp.Modules.Dropout3d")]
public sealed class Dropout3d : Module<Tensor, Tensor>
{
    internal Dropout3d()
        : base(nameof(Dropout3d))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Alias();
}
