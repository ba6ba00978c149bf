namespace Reparam.Runtime;

/// <summary>Memory that does not move and begins at a cache line.</summary>
internal abstract unsafe class LineMemory
{
    /// <summary>How many bytes it has.</summary>
    public abstract long Bytes { get; }

    /// <summary>First byte, aligned to a cache line; valid while this object is reachable.</summary>
    public abstract byte* Start { get; }
}
