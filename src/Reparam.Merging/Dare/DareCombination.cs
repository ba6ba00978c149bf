namespace Reparam.Merging.Dare;

/// <summary>How the pruned task vectors come together.</summary>
public enum DareCombination
{
    /// <summary>By a weighted sum, as in task arithmetic.</summary>
    Sum,

    /// <summary>With an election of signs, as in TIES.</summary>
    Ties,
}
