using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Levels;

/// <summary>
/// What the processor and the operating system offer. A program compiled for the baseline cannot ask <c>Avx2.IsSupported</c>: there the answer is a
/// constant. It can ask the processor itself, and the operating system whether it saves the wide registers of a thread.
/// </summary>
internal static partial class Processor
{
    /// <summary>The highest level that this machine runs.</summary>
    public static ProcessorLevel Level()
    {
        var processor = X86Base.IsSupported ? LevelOfInstructions() : ProcessorLevel.Baseline;
        if (processor == ProcessorLevel.Baseline)
        {
            return processor;
        }

        var system = OperatingSystem.IsLinux() ? LevelOfRegistersOnLinux()
            : OperatingSystem.IsWindows() ? LevelOfRegistersOnWindows()
            : ProcessorLevel.Baseline;
        return processor < system ? processor : system;
    }

    /// <summary>The highest level whose instructions the processor names. CPUID also tells what an emulator offers.</summary>
    internal static ProcessorLevel LevelOfInstructions()
    {
        if (X86Base.CpuId(0, 0).Eax < 7 || (uint)X86Base.CpuId(unchecked((int)0x8000_0000), 0).Eax < 0x8000_0001)
        {
            return ProcessorLevel.Baseline;
        }

        var basic = X86Base.CpuId(1, 0).Ecx;
        var extended = X86Base.CpuId(7, 0).Ebx;
        var further = X86Base.CpuId(unchecked((int)0x8000_0001), 0).Ecx;
        if (!Has(basic, 0, 9, 12, 13, 19, 20, 22, 23, 27, 28, 29) // SSE3, SSSE3, FMA, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE, POPCNT, OSXSAVE, AVX, F16C
            || !Has(extended, 3, 5, 8) // BMI1, AVX2, BMI2
            || !Has(further, 5)) // LZCNT
        {
            return ProcessorLevel.Baseline;
        }

        return Has(extended, 16, 17, 28, 30, 31) ? ProcessorLevel.V4 : ProcessorLevel.V3; // AVX-512 F, DQ, CD, BW, VL
    }

    /// <summary>The kernel takes avx2 and avx512f out of the flags where it does not save their registers (<c>clearcpuid=</c>, <c>noxsave</c>).</summary>
    /// <param name="cpuinfo">The kernel's description of the processors.</param>
    internal static ProcessorLevel LevelOfRegistersOnLinux(string cpuinfo = "/proc/cpuinfo")
    {
        string? flags;
        try
        {
            using var reader = new StreamReader(cpuinfo);
            do
            {
                flags = reader.ReadLine();
            }
            while (flags != null && !flags.StartsWith("flags", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ProcessorLevel.Baseline;
        }

        var words = flags?.Split(' ') ?? [];
        return !words.Contains("avx2") ? ProcessorLevel.Baseline : words.Contains("avx512f") ? ProcessorLevel.V4 : ProcessorLevel.V3;
    }

    private static ProcessorLevel LevelOfRegistersOnWindows()
    {
        const ulong Avx = 0x6, Avx512 = 0xE6; // XSTATE masks: SSE, AVX; and mask registers, both halves of the 512-bit ones
        var enabled = GetEnabledXStateFeatures();
        return (enabled & Avx512) == Avx512 ? ProcessorLevel.V4 : (enabled & Avx) == Avx ? ProcessorLevel.V3 : ProcessorLevel.Baseline;
    }

    private static bool Has(int register, params ReadOnlySpan<int> bits)
    {
        foreach (var bit in bits)
        {
            if ((register >>> bit & 1) == 0)
            {
                return false;
            }
        }

        return true;
    }

    [LibraryImport("kernel32")]
    private static partial ulong GetEnabledXStateFeatures();
}
