namespace Reparam.Runtime;

/// <summary>What convolutions share: a dense or packed weight and a bias.</summary>
[Counterpart("TorchSharp.Modules.Convolution")]
public abstract class Convolution : Module<Tensor, Tensor>
{
    private protected Convolution(string name, long in_channels, long out_channels, ReadOnlySpan<long> kernel_size, long groups, bool bias)
        : base(name)
    {
        if (groups < 1 || in_channels % groups != 0 || out_channels % groups != 0)
        {
            throw new ArgumentException($"{name}: {in_channels} input and {out_channels} output channels cannot be divided into {groups} group(s).");
        }

        Groups = (int)groups;
        Weight = new Parameter([out_channels, in_channels / groups, .. kernel_size]) { Groups = Groups, MayBePacked = true };
        Bias = bias ? new Parameter(out_channels) : null;
    }

    /// <summary>[outputs, channels / groups, kernel sizes].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>[outputs], or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>Number of independent groups of channels.</summary>
    internal int Groups { get; }

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
    }
}
