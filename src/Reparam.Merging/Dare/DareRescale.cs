namespace Reparam.Merging.Dare;

/// <summary>How what is left of a task vector makes up for what was dropped.</summary>
public enum DareRescale
{
    /// <summary>By 1/density, as in the paper: the expected value is that of the whole task vector.</summary>
    Density,

    /// <summary>So that the sum of the magnitudes of a tensor is what it was (mergekit's <c>rescale</c>). The factor differs from tensor to tensor.</summary>
    L1,

    /// <summary>Not at all.</summary>
    None,
}
