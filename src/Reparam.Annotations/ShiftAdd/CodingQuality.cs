namespace Reparam;

/// <summary>How much time a coder may take.</summary>
public enum CodingQuality
{
    /// <summary>One start, no sweeps: a fraction of the default's time.</summary>
    Fast,

    /// <summary>What a build can afford.</summary>
    Default,

    /// <summary>Wide searches: seconds for a million weights.</summary>
    Best,
}
