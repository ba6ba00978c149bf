namespace Reparam.Runtime;

/// <summary>x where it is positive, else x times a learned weight of its channel.</summary>
[Counterpart("TorchSharp.Modules.PReLU")]
public sealed class PReLU : Module<Tensor, Tensor>
{
    internal PReLU(long num_parameters)
        : base(nameof(PReLU))
    {
        Weight = new Parameter(num_parameters);
    }

    /// <summary>[channels] or [1].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>Number of weights.</summary>
    [Counterpart("num_parameters")]
    public long NumParameters => Weight.Shape[0];

    /// <summary>[N, C, …] → the same shape.</summary>
    public override Tensor Forward(Tensor input) => Functional.Prelu(input, Weight);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => visitor.Parameter("weight", Weight);
}
