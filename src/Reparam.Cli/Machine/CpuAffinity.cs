using System.Runtime.InteropServices;

namespace Reparam.Cli.Machine;

/// <summary>Binds the calling thread to processors, so that a measurement does not wander between caches. Does nothing where the system is not Linux.</summary>
internal static unsafe partial class CpuAffinity
{
    private const int MaxProcessors = 1024;
    private const int WordBits = 64;
    private const int Words = MaxProcessors / WordBits;

    /// <summary>The processors that the calling thread may run on, ascending; null where that cannot be asked.</summary>
    public static int[]? Allowed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        return GetAffinity(0, Words * sizeof(ulong), mask) != 0
            ? null
            : [.. Enumerable.Range(0, MaxProcessors).Where(cpu => Contains(mask, cpu))];

        static bool Contains(ulong* mask, int cpu) => (mask[cpu / WordBits] >> (cpu % WordBits) & 1) != 0;
    }

    /// <summary>Binds the calling thread to some processors. Threads that it starts from now on inherit them.</summary>
    /// <returns>Whether the system did so.</returns>
    public static bool Bind(params ReadOnlySpan<int> processors)
    {
        if (!OperatingSystem.IsLinux() || processors.IsEmpty)
        {
            return false;
        }

        var mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        foreach (var cpu in processors)
        {
            mask[cpu / WordBits] |= 1UL << (cpu % WordBits);
        }

        return SetAffinity(0, Words * sizeof(ulong), mask) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint bytes, ulong* mask);
}
