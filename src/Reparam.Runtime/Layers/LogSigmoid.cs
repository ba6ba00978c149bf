namespace Reparam.Runtime;

/// <summary>ln(1 / (1 + e⁻ˣ)).</summary>
[Counterpart("TorchSharp.Modules.LogSigmoid")]
public sealed class LogSigmoid : Module<Tensor, Tensor>
{
    internal LogSigmoid()
        : base(nameof(LogSigmoid))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Logsigmoid(input);
}
