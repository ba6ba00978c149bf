namespace Reparam.Merging.Engine;

/// <summary>Why a tensor is copied.</summary>
internal static class Reasons
{
    /// <summary>The user asked for it.</summary>
    public const string Kept = "kept";

    /// <summary>A model computes it, or counts steps with it.</summary>
    public const string Derived = "derived";

    /// <summary>Only floats are merged.</summary>
    public const string NotFloat = "not a float";
}
