namespace Reparam.Runtime;

/// <summary>Merges dimensions.</summary>
[Counterpart("TorchSharp.Modules.Flatten")]
public sealed class Flatten : Module<Tensor, Tensor>
{
    internal Flatten(long start_dim, long end_dim)
        : base(nameof(Flatten))
    {
        StartDim = start_dim;
        EndDim = end_dim;
    }

    /// <summary>First dimension that is merged.</summary>
    [Counterpart("start_dim")]
    public long StartDim { get; }

    /// <summary>Last dimension that is merged.</summary>
    [Counterpart("end_dim")]
    public long EndDim { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Flatten(StartDim, EndDim);
}
