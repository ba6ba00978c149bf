namespace Reparam.Runtime;

/// <summary>What layers share that put something around their input.</summary>
[Counterpart("TorchSharp.Modules.PadBase")]
public abstract class PadBase : ParameterLessModule<Tensor, Tensor>
{
    private readonly PaddingModes mode;
    private readonly double value;
    private readonly long[] padding;

    private protected PadBase(string name, PaddingModes mode, double value, long[] padding)
        : base(name)
    {
        this.mode = mode;
        this.value = value;
        this.padding = padding;
    }

    /// <summary>Elements before and after, from the last dimension on.</summary>
    [Counterpart("padding")]
    public ReadOnlySpan<long> Padding => padding;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Pad(input, padding, mode, value);
}
