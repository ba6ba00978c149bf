using System.Runtime.InteropServices;
using Reparam.Runtime;

namespace Reparam.Benchmarks.Peers;

/// <summary>Memory outside the managed heap, at the start of a cache line; in huge pages, as the weights of packed products are, where it is large.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private const nuint CacheLine = 64;

    /// <param name="bytes">Size; filled with a pattern, so that every page is there.</param>
    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        var large = bytes >= HugePages.Size;
        Start = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, large ? HugePages.Size : CacheLine);
        if (large)
        {
            HugePages.Advise(Start, bytes);
        }

        NativeMemory.Fill(Start, (nuint)bytes, 0x5A);
    }

    ~NativeBlock() => NativeMemory.AlignedFree(Start);

    /// <summary>First byte.</summary>
    public byte* Start { get; private set; }

    /// <summary>Size.</summary>
    public long Bytes { get; }

    /// <summary>The copies of something of a size that together no cache holds; one where it is to stay in the cache.</summary>
    public static NativeBlock[] Copies(long bytes, int copies) => [.. Enumerable.Range(0, copies).Select(_ => new NativeBlock(bytes))];

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Start);
        Start = null;
        GC.SuppressFinalize(this);
    }
}
