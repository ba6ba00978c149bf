namespace Reparam.Runtime;

/// <summary>Normalizes each channel by its running statistics, then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.NormBase")]
public abstract class BatchNorm : Module<Tensor, Tensor>
{
    private protected BatchNorm(string name, long num_features, double eps, bool affine)
        : base(name)
    {
        Eps = eps;
        Weight = affine ? new Parameter(num_features) : null;
        Bias = affine ? new Parameter(num_features) : null;
        RunningMean = new Parameter(num_features);
        RunningVar = new Parameter(num_features);
    }

    /// <summary>[channels], or null.</summary>
    [Counterpart("weight")]
    public Parameter? Weight { get; set; }

    /// <summary>[channels], or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>[channels].</summary>
    [Counterpart("running_mean")]
    public Tensor RunningMean { get; }

    /// <summary>[channels].</summary>
    [Counterpart("running_var")]
    public Tensor RunningVar { get; }

    /// <summary>Added to the variance.</summary>
    [Counterpart("eps")]
    public double Eps { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        CheckRank(input);
        return Functional.BatchNorm(input, RunningMean, RunningVar, Weight, Bias, Eps);
    }

    private protected abstract void CheckRank(Tensor input);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
        visitor.Buffer("running_mean", RunningMean);
        visitor.Buffer("running_var", RunningVar);
        visitor.Unused("num_batches_tracked");
    }
}
