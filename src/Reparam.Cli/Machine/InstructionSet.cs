using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Cli.Machine;

/// <summary>An instruction set that matters to the kernels.</summary>
/// <param name="Name">Its usual name.</param>
/// <param name="Available">Whether this process may use it.</param>
/// <param name="SwitchedOff">
/// Whether the processor has it and this process may not: an environment variable of .NET, or an ahead-of-time compiler, left it out.
/// </param>
internal sealed record InstructionSet(string Name, bool Available, bool SwitchedOff)
{
    private static readonly (string Name, string Flag, Func<bool> IsSupported)[] Known =
    [
        ("AVX2", "avx2", () => Avx2.IsSupported),
        ("FMA", "fma", () => Fma.IsSupported),
        ("AVX-512 BW", "avx512bw", () => Avx512BW.IsSupported),
        ("AVX-512 VBMI", "avx512vbmi", () => Avx512Vbmi.IsSupported),
        ("AVX-VNNI", "avx_vnni", () => AvxVnni.IsSupported),
        ("AdvSimd", "asimd", () => AdvSimd.IsSupported),
    ];

    /// <summary>All of them.</summary>
    /// <param name="flags">What the operating system says that the processor has; empty when it says nothing.</param>
    public static InstructionSet[] All(IReadOnlySet<string> flags) =>
        [.. Known.Select(known => new InstructionSet(known.Name, known.IsSupported(), flags.Contains(known.Flag) && !known.IsSupported()))];
}
