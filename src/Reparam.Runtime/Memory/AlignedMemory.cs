using System.Runtime.InteropServices;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>Zeroed memory that does not move, aligned to a cache line and as long as asked for.</summary>
internal sealed unsafe class AlignedMemory : LineMemory
{
    private const int LineBytes = 64;

    // Pinned, so that kernels take its address once. Longs, because a byte array ends at 2 GiB.
    private readonly long[] memory;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">At least 0. A line more is readable behind them.</param>
    public AlignedMemory(long bytes)
    {
        Bytes = bytes;
        memory = GC.AllocateArray<long>(checked((int)((bytes + (2 * LineBytes)) / sizeof(long) + 1)), pinned: true);
        var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        Start = (byte*)((address + LineBytes - 1) & ~(nuint)(LineBytes - 1));
    }

    /// <inheritdoc/>
    public override long Bytes { get; }

    /// <inheritdoc/>
    public override byte* Start { get; }
}
