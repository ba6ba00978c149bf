using System.Runtime.InteropServices;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Memory of prepacked weights, one behind the other in chunks that ask for huge pages. A product that reads weights crosses a page every 4 KiB otherwise,
/// and waits for the processor to find the next one: on a virtual machine that can halve the speed at which memory is read. A chunk is freed when none of
/// its weights are used any more.
/// </summary>
internal sealed unsafe class PrepackedArena
{
    private const long LargestChunk = 64 << 20;

    // Below this a matrix has few pages, and the first huge page would be larger than many a model.
    private const int Smallest = 64 << 10;

    private static readonly Lock Gate = new();

    // Held weakly: a program that has let go of its models gives their memory back.
    private static readonly WeakReference<PrepackedArena> Latest = new(null!);

    private readonly byte* start;
    private readonly long size;
    private long used;

    private PrepackedArena(long size)
    {
        start = (byte*)NativeMemory.AlignedAlloc((nuint)size, HugePages.Size);
        this.size = size;
        GC.AddMemoryPressure(size);
        HugePages.Advise(start, size);
    }

    ~PrepackedArena()
    {
        if (size > 0)
        {
            NativeMemory.AlignedFree(start);
            GC.RemoveMemoryPressure(size);
        }
    }

    /// <summary>Takes zeroed memory.</summary>
    /// <param name="bytes">At least 0.</param>
    public static LineMemory Take(long bytes)
    {
        if (bytes < Smallest)
        {
            return new AlignedMemory(bytes);
        }

        lock (Gate)
        {
            if (!Latest.TryGetTarget(out var arena) || arena.size - arena.used < bytes)
            {
                var next = arena is null ? HugePages.Size : Math.Min(2 * arena.size, LargestChunk);
                arena = new PrepackedArena(Math.Max(next, (bytes + HugePages.Size - 1) / HugePages.Size * HugePages.Size));
                Latest.SetTarget(arena);
            }

            var memory = new Part(arena, arena.start + arena.used, bytes);
            arena.used += (bytes + 63) / 64 * 64;
            return memory;
        }
    }

    /// <summary>Some neighbouring lines of an arena, which lives as long as they do.</summary>
    private sealed class Part : LineMemory
    {
        private readonly PrepackedArena arena;
        private readonly byte* start;

        public Part(PrepackedArena arena, byte* start, long bytes)
        {
            this.arena = arena;
            this.start = start;
            Bytes = bytes;
            NativeMemory.Clear(start, (nuint)bytes);
        }

        /// <inheritdoc/>
        public override long Bytes { get; }

        /// <inheritdoc/>
        public override byte* Start
        {
            get
            {
                GC.KeepAlive(arena);
                return start;
            }
        }
    }
}
