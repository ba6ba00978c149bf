using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Reparam.Cli.Machine;

/// <summary>The machine and the process, as far as they matter to the speed of packed products.</summary>
/// <param name="Processor">Name of the processor.</param>
/// <param name="Architecture">Architecture of the process.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="Compilation">How the code of this process came about.</param>
/// <param name="Limits">Processors.</param>
/// <param name="Caches">Data caches.</param>
/// <param name="InstructionSets">Instruction sets.</param>
internal sealed record MachineFacts(
    string Processor, string Architecture, string System, string Runtime, string Compilation, ProcessorLimits Limits, CacheSizes Caches,
    IReadOnlyList<InstructionSet> InstructionSets)
{
    /// <summary>Those of this machine and process.</summary>
    public static MachineFacts Read() => new(
        ProcessorInfo.Machine.Name,
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        RuntimeFeature.IsDynamicCodeCompiled ? "just in time" : "ahead of time",
        ProcessorLimits.Read(),
        CacheSizes.Machine,
        InstructionSet.All(ProcessorInfo.Machine.Flags));

    /// <summary>One line for the head of a table.</summary>
    public string Line() =>
        $"{Processor}, {Limits.Processors} processors, caches {CacheSizes.Format(Caches.Level1)}, {CacheSizes.Format(Caches.Level2)}, "
            + $"{CacheSizes.Format(Caches.Level3)}; {System}; {Runtime}";
}
