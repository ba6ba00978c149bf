namespace Reparam.Runtime;

/// <summary>Normalizes each channel by its running statistics, then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.NormBase")]
public abstract class BatchNorm : Module<Tensor, Tensor>
{
    // Rank of the inputs that the layer before gives, which does this layer's work; null when nothing is folded.
    private int? foldedRank;

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
        if (foldedRank is { } rank)
        {
            return input.Rank == rank ? input.Alias() : throw new InvalidOperationException(
                $"{GetName()}: it is folded into the layer before it for inputs of rank {rank}, but the input is {Layout.Describe(input.Shape)}: set "
                    + "FoldBatchNorm=\"false\" on the checkpoint's item.");
        }

        CheckRank(input);
        return Functional.BatchNorm(input, RunningMean, RunningVar, Weight, Bias, Eps);
    }

    /// <summary>Makes this layer give its input back: the layer before it does its work.</summary>
    /// <param name="rank">Rank of the inputs for which that is so.</param>
    internal void LeaveOut(int rank) => foldedRank = rank;

    private protected abstract void CheckRank(Tensor input);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        if (foldedRank is not null)
        {
            return;
        }

        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
        visitor.Buffer("running_mean", RunningMean);
        visitor.Buffer("running_var", RunningVar);
        visitor.Unused("num_batches_tracked");
    }
}
