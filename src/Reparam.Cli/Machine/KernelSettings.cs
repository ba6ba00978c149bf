using Reparam.Runtime.Packed;

namespace Reparam.Cli.Machine;

/// <summary>What packed products do in this process, and why.</summary>
/// <param name="Path">Kernel path.</param>
/// <param name="Precision">Precision of the inputs.</param>
/// <param name="Threads">Threads of a large product, the caller included.</param>
internal sealed record KernelSettings(Setting Path, Setting Precision, Setting Threads)
{
    /// <summary>Reads them. The environment variables are read once for path and precision, as packed products do.</summary>
    public static KernelSettings Read() => new(
        Setting.Read(PackedKernels.IsaVariable, "the best that this process can run", () => Lower(PackedKernels.Current)),
        Setting.Read(PackedKernels.PrecisionVariable, "the standard", () => Lower(PackedKernels.Precision)),
        Setting.Read(PackedKernels.ThreadsVariable, "all processors", () => PackedKernels.Threads.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>What is wrong with the environment.</summary>
    public IEnumerable<string> Problems() => new[] { Path, Precision, Threads }.Select(setting => setting.Problem).OfType<string>();

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
