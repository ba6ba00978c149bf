namespace Reparam.Compression.ShiftAdd;

/// <summary>How much time the coders may take.</summary>
public enum CodingQuality
{
    /// <summary>One start, no sweeps: a fraction of the default's time.</summary>
    Fast,

    /// <summary>What a build can afford.</summary>
    Default,

    /// <summary>Wide searches: seconds for a million weights.</summary>
    Best,
}
