namespace Reparam.Merging.Linear;

/// <summary>What an input is weighted by.</summary>
public enum MergeMetric
{
    /// <summary>By no metric: the weights are given.</summary>
    None,

    /// <summary>By its training loss; a lower one weighs more.</summary>
    Loss,

    /// <summary>By the number of its training steps; more weigh more.</summary>
    Step,

    /// <summary>By a measure such as accuracy; a higher one weighs more.</summary>
    Score,
}
