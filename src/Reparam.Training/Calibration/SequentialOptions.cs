using System.Collections.Immutable;

namespace Reparam.Training;

/// <summary>How <see cref="SequentialCompression"/> goes through a network.</summary>
public sealed record SequentialOptions
{
    /// <summary>Layers that write into a residual stream: they also repair the error that has gathered there. Where none is named, none does.</summary>
    public ImmutableArray<ResidualWriters> Residuals { get; init; } = [];

    /// <summary>
    /// Whether layers make up for what the layers before them lost. Default true; false codes every layer's own weight under the inputs of the compressed
    /// prefix.
    /// </summary>
    public bool Targets { get; init; } = true;

    /// <summary>
    /// Ridge of the least-squares problem that gives a layer's target, as a share of the mean second moment of its inputs; above 0. Default 0.003.
    /// </summary>
    public double Ridge { get; init; } = 0.003;

    /// <summary>
    /// Memory that the float model's inputs of all layers may take: they are then computed once. Where they would take more, the float model reads the text
    /// again for every layer. Default one gibibyte.
    /// </summary>
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>Batches of which the float model's inputs are in memory at a time where they do not all fit, at least 1. Default 8.</summary>
    public int BatchesAtATime { get; init; } = 8;

    /// <summary>At how many places convolutions are looked at.</summary>
    public PlaceSampling Sampling { get; init; } = new();

    /// <summary>Cores that the coder uses; 0, the default, for all. The codes do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>These options with further layers that write into a residual stream.</summary>
    /// <param name="writers">See <see cref="ResidualWriters.Writers"/>.</param>
    /// <param name="streamInputOf">See <see cref="ResidualWriters.StreamInputOf"/>.</param>
    public SequentialOptions Residual(string writers, string streamInputOf) =>
        this with { Residuals = Residuals.Add(new ResidualWriters(writers, streamInputOf)) };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal void Validate()
    {
        if (!(Ridge > 0) || !double.IsFinite(Ridge))
        {
            throw new ArgumentException($"found a ridge of {Ridge}, expected a finite number above 0");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(BatchesAtATime, 1);
        ArgumentNullException.ThrowIfNull(Sampling);
        Sampling.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(CacheBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        foreach (var residual in Residuals)
        {
            residual.Validate();
        }
    }
}
