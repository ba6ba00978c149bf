namespace Reparam.Merging.Linear;

/// <summary>How a metric becomes a weight.</summary>
public enum WeightShape
{
    /// <summary>m^penalty, with m the step, the score or 1 over the loss.</summary>
    Power,

    /// <summary>
    /// exp(−penalty·L/σ), with σ the standard deviation of the losses, and + for steps and scores. For losses near 0, whose inverses explode.
    /// </summary>
    Softmax,
}
