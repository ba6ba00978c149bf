namespace Reparam.Runtime;

/// <summary>e^x over its sum along a dimension.</summary>
[Counterpart("TorchSharp.Modules.Softmax")]
public sealed class Softmax : Module<Tensor, Tensor>
{
    internal Softmax(long dim)
        : base(nameof(Softmax))
    {
        Dim = dim;
    }

    /// <summary>The dimension.</summary>
    [Counterpart("dim")]
    public long Dim { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Softmax(Dim);
}
