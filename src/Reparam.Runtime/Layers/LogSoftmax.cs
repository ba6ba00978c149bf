namespace Reparam.Runtime;

/// <summary>Logarithm of the softmax along a dimension.</summary>
[Counterpart("TorchSharp.Modules.LogSoftmax")]
public sealed class LogSoftmax : Module<Tensor, Tensor>
{
    internal LogSoftmax(long dim)
        : base(nameof(LogSoftmax))
    {
        Dim = dim;
    }

    /// <summary>The dimension.</summary>
    [Counterpart("dim")]
    public long Dim { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.LogSoftmax(Dim);
}
