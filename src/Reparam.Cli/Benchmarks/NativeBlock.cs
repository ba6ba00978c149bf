using System.Runtime.InteropServices;

namespace Reparam.Cli.Benchmarks;

/// <summary>Memory outside the managed heap, at the start of a cache line.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private const nuint CacheLine = 64;

    /// <param name="bytes">Size; filled with a pattern, so that every page is there.</param>
    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        Start = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, CacheLine);
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
