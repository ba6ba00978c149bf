using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Benchmarks.Peers;
using Reparam.Cli.Machine;

namespace Reparam.Benchmarks.Measuring;

/// <summary>
/// Reads memory from front to back with the widest vectors and does nothing with it: no product can be faster than the time this takes for its bytes. The first loop trusts
/// the machine's own prefetching, the second asks for lines 4 KiB ahead; the better one counts.
/// </summary>
internal static unsafe class BandwidthProbe
{
    private const int Step = 512;
    private const int Ahead = 4096;

    /// <summary>Both loops over as many copies of a block as a matrix of that size would have.</summary>
    /// <param name="bytes">Bytes of a block.</param>
    /// <param name="cold">Whether the blocks come from memory; else from the cache.</param>
    /// <param name="team">The threads; each reads an equal part.</param>
    public static Contender[] Contenders(long bytes, bool cold, PinnedTeam team)
    {
        var blocks = NativeBlock.Copies(bytes, cold ? Copies(bytes) : 1);
        return
        [
            Contender.Over("read", blocks, block => team.Run(part => Read(block, part, team.Threads)), bytes, cold),
            Contender.Over("read, lines asked for", blocks, block => team.Run(part => ReadAhead(block, part, team.Threads)), bytes, cold),
        ];
    }

    /// <summary>Copies of something that together no cache holds.</summary>
    public static int Copies(long bytes) => (int)Math.Max(2, (CacheSizes.Machine.ColdBytes + bytes - 1) / bytes);

    private static (nint First, nint End) Part(NativeBlock block, int part, int parts)
    {
        var steps = block.Bytes / Step;
        return ((nint)(steps * part / parts * Step), (nint)(steps * (part + 1) / parts * Step));
    }

    private static void Read(NativeBlock block, int part, int parts)
    {
        var (first, end) = Part(block, part, parts);
        if (Vector512.IsHardwareAccelerated)
        {
            Read512(block.Start + first, block.Start + end);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Read256(block.Start + first, block.Start + end);
        }
        else
        {
            Read128(block.Start + first, block.Start + end);
        }
    }

    private static void ReadAhead(NativeBlock block, int part, int parts)
    {
        var (first, end) = Part(block, part, parts);
        if (Vector512.IsHardwareAccelerated)
        {
            ReadAhead512(block.Start + first, block.Start + end);
        }
        else if (Sse.IsSupported)
        {
            ReadAhead128(block.Start + first, block.Start + end);
        }
        else
        {
            Read128(block.Start + first, block.Start + end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Read512(byte* place, byte* end)
    {
        Vector512<byte> a = default, b = default, c = default, d = default;
        for (; place < end; place += Step)
        {
            a ^= Vector512.Load(place) ^ Vector512.Load(place + 256);
            b ^= Vector512.Load(place + 64) ^ Vector512.Load(place + 320);
            c ^= Vector512.Load(place + 128) ^ Vector512.Load(place + 384);
            d ^= Vector512.Load(place + 192) ^ Vector512.Load(place + 448);
        }

        Keep(Vector512.Sum(a ^ b ^ c ^ d));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ReadAhead512(byte* place, byte* end)
    {
        Vector512<byte> a = default, b = default, c = default, d = default;
        for (; place < end; place += Step)
        {
            for (var line = 0; line < Step; line += 64)
            {
                Sse.Prefetch0(place + Ahead + line);
            }

            a ^= Vector512.Load(place) ^ Vector512.Load(place + 256);
            b ^= Vector512.Load(place + 64) ^ Vector512.Load(place + 320);
            c ^= Vector512.Load(place + 128) ^ Vector512.Load(place + 384);
            d ^= Vector512.Load(place + 192) ^ Vector512.Load(place + 448);
        }

        Keep(Vector512.Sum(a ^ b ^ c ^ d));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Read256(byte* place, byte* end)
    {
        Vector256<byte> a = default, b = default, c = default, d = default;
        for (; place < end; place += 256)
        {
            a ^= Vector256.Load(place) ^ Vector256.Load(place + 128);
            b ^= Vector256.Load(place + 32) ^ Vector256.Load(place + 160);
            c ^= Vector256.Load(place + 64) ^ Vector256.Load(place + 192);
            d ^= Vector256.Load(place + 96) ^ Vector256.Load(place + 224);
        }

        Keep(Vector256.Sum(a ^ b ^ c ^ d));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ReadAhead128(byte* place, byte* end)
    {
        Vector128<byte> a = default, b = default, c = default, d = default;
        for (; place < end; place += 64)
        {
            Sse.Prefetch0(place + Ahead);
            a ^= Vector128.Load(place);
            b ^= Vector128.Load(place + 16);
            c ^= Vector128.Load(place + 32);
            d ^= Vector128.Load(place + 48);
        }

        Keep(Vector128.Sum(a ^ b ^ c ^ d));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Read128(byte* place, byte* end)
    {
        Vector128<byte> a = default, b = default, c = default, d = default;
        for (; place < end; place += 64)
        {
            a ^= Vector128.Load(place);
            b ^= Vector128.Load(place + 16);
            c ^= Vector128.Load(place + 32);
            d ^= Vector128.Load(place + 48);
        }

        Keep(Vector128.Sum(a ^ b ^ c ^ d));
    }

    // A call that the compiler cannot see through, so that no load is dropped.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(byte value) => _ = value;
}
