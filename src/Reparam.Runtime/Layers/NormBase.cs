namespace Reparam.Runtime;

/// <summary>What layers share that normalize channels and may keep statistics.</summary>
[Counterpart("TorchSharp.Modules.NormBase")]
public abstract class NormBase : Module<Tensor, Tensor>
{
    private protected NormBase(string name, long num_features, double eps, bool affine, bool track_running_stats)
        : base(name)
    {
        NumFeatures = num_features;
        Eps = eps;
        Weight = affine ? new Parameter(num_features) : null;
        Bias = affine ? new Parameter(num_features) : null;
        RunningMean = track_running_stats ? new Parameter(num_features) : null;
        RunningVar = track_running_stats ? new Parameter(num_features) : null;
    }

    /// <summary>[channels], or null.</summary>
    [Counterpart("weight")]
    public Parameter? Weight { get; set; }

    /// <summary>[channels], or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>[channels]; null where the statistics are those of each input.</summary>
    [Counterpart("running_mean")]
    public Tensor? RunningMean { get; }

    /// <summary>[channels]; null where the statistics are those of each input.</summary>
    [Counterpart("running_var")]
    public Tensor? RunningVar { get; }

    /// <summary>Added to the variance.</summary>
    [Counterpart("eps")]
    public double Eps { get; }

    /// <summary>Number of channels.</summary>
    [Counterpart("num_features")]
    public long NumFeatures { get; }

    /// <summary>Whether there are a scale and a shift.</summary>
    [Counterpart("affine")]
    public bool Affine => Weight is not null;

    /// <summary>Whether statistics of the training are used.</summary>
    [Counterpart("track_running_stats")]
    public bool TrackRunningStats => RunningMean is not null;

    /// <summary>Without effect: loading fills every weight.</summary>
    [Counterpart("reset_parameters")]
    public void ResetParameters()
    {
    }

    /// <summary>Without effect: loading fills the statistics.</summary>
    [Counterpart("reset_running_stats")]
    public void ResetRunningStats()
    {
    }

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
        visitor.Buffer("running_mean", RunningMean);
        visitor.Buffer("running_var", RunningVar);
        if (TrackRunningStats)
        {
            visitor.Unused("num_batches_tracked");
        }
    }
}
