namespace Reparam.Runtime.Packed;

/// <summary>Where a running stream lies.</summary>
internal abstract unsafe class PrepackedMemory
{
    /// <summary>Bytes of the stream.</summary>
    public abstract long Bytes { get; }

    /// <summary>First byte, aligned to a cache line; valid while this object is reachable.</summary>
    public abstract byte* Start { get; }
}
