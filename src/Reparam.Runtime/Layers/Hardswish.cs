namespace Reparam.Runtime;

/// <summary>x·min(max(x + 3, 0), 6) / 6.</summary>
[Counterpart("TorchSharp.Modules.Hardswish")]
public sealed class Hardswish : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal Hardswish(bool inPlace)
        : base(nameof(Hardswish))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Hardswish(input, inPlace);
}
