using System.Runtime.InteropServices;

namespace Reparam.Runtime;

/// <summary>Asks the system for large pages (Linux: transparent huge pages, on advice in most distributions).</summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a huge page of x64, and of Arm with small pages of 4 KiB.</summary>
    public const int Size = 2 << 20;

    private const int AdviseHugePage = 14;

    /// <summary>
    /// Advises before the memory is first touched. Where the system has no huge pages, or keeps them for others, nothing changes but the speed.
    /// </summary>
    /// <param name="start">A multiple of <see cref="Size"/>.</param>
    /// <param name="bytes">Bytes.</param>
    public static void Advise(byte* start, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = MemoryAdvise(start, (nuint)bytes, AdviseHugePage);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(byte* address, nuint length, int advice);
}
