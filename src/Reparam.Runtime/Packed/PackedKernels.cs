using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>The kernel paths of this machine, and the one that packed products take.</summary>
public static class PackedKernels
{
    /// <summary>Environment variable that overrides the choice: avx512, avx2, vector128 or scalar.</summary>
    public const string IsaVariable = "REPARAM_ISA";

    /// <summary>Environment variable that chooses the precision: default, exact or fast.</summary>
    public const string PrecisionVariable = "REPARAM_PRECISION";

    /// <summary>Environment variable that bounds the threads of a packed product; see <see cref="Threads"/>.</summary>
    public const string ThreadsVariable = "REPARAM_THREADS";

    /// <summary>Name of the run-time configuration's setting that bounds the threads of a packed product; see <see cref="Threads"/>.</summary>
    public const string ThreadsSetting = "Reparam.Threads";

    private static readonly Lazy<KernelPath> Chosen = new(() => Choose(Environment.GetEnvironmentVariable(IsaVariable)));

    private static readonly Lazy<KernelPrecision> ChosenPrecision = new(() => ParsePrecision(Environment.GetEnvironmentVariable(PrecisionVariable)));

    private static readonly Lazy<int> ChosenThreads =
        new(() => ChooseThreads(Environment.GetEnvironmentVariable(ThreadsVariable), AppContext.GetData(ThreadsSetting)));

    private static int threadsInCode;

    /// <summary>
    /// The path that packed products take unless a call names one: chosen once, the best that the machine has or the one that <c>REPARAM_ISA</c>
    /// names.
    /// </summary>
    /// <exception cref="ArgumentException"><c>REPARAM_ISA</c> holds an unknown name.</exception>
    /// <exception cref="PlatformNotSupportedException"><c>REPARAM_ISA</c> names a path that this machine cannot run.</exception>
    public static KernelPath Current => Chosen.Value;

    /// <summary>
    /// The precision of packed products unless a call names one: <see cref="KernelPrecision.Default"/> or what <c>REPARAM_PRECISION</c> names.
    /// </summary>
    /// <exception cref="ArgumentException"><c>REPARAM_PRECISION</c> holds an unknown name.</exception>
    public static KernelPrecision Precision => PrecisionForComparison ?? ChosenPrecision.Value;

    /// <summary>For comparisons: the precision of matrices that are made from now on; null for the usual one.</summary>
    internal static KernelPrecision? PrecisionForComparison { get; set; }

    /// <summary>
    /// Threads that a large product uses, the caller included, and so one more than the helpers that all callers together can have. What was set here
    /// before the first product; else what <c>REPARAM_THREADS</c> says; else the run-time configuration's <c>Reparam.Threads</c> (MSBuild property
    /// <c>ReparamThreads</c>); else all processors that this process may use. Never more than these.
    /// </summary>
    /// <exception cref="ArgumentException">The variable or the setting is not a whole number of at least 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    /// <exception cref="InvalidOperationException">Set after a product has been computed.</exception>
    public static int Threads
    {
        get => threadsInCode > 0 ? threadsInCode : ChosenThreads.Value;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            if (WorkerPool.IsSharedMade)
            {
                throw new InvalidOperationException("the number of threads can be set before the first product only");
            }

            threadsInCode = Math.Min(value, Environment.ProcessorCount);
        }
    }

    /// <summary>Whether this process can run the path. A program compiled ahead of time has the x86 paths only when its instruction set was raised.</summary>
    public static bool IsSupported(KernelPath path) => path switch
    {
        KernelPath.Scalar or KernelPath.Vector128 => true,
        KernelPath.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        KernelPath.Avx512 => Avx512BW.IsSupported && Avx512Vbmi.IsSupported,
        _ => false,
    };

    internal static KernelPath Choose(string? requested)
    {
        if (string.IsNullOrWhiteSpace(requested))
        {
            return IsSupported(KernelPath.Avx512) ? KernelPath.Avx512
                : IsSupported(KernelPath.Avx2) ? KernelPath.Avx2
                : KernelPath.Vector128;
        }

        var path = requested.Trim().ToLowerInvariant() switch
        {
            "avx512" => KernelPath.Avx512,
            "avx2" => KernelPath.Avx2,
            "vector128" => KernelPath.Vector128,
            "scalar" => KernelPath.Scalar,
            _ => throw new ArgumentException($"{IsaVariable} is '{requested}'; expected avx512, avx2, vector128 or scalar"),
        };
        RequireSupported(path);
        return path;
    }

    internal static KernelPrecision ParsePrecision(string? requested) => requested?.Trim().ToLowerInvariant() switch
    {
        null or "" or "default" => KernelPrecision.Default,
        "exact" => KernelPrecision.Exact,
        "fast" => KernelPrecision.Fast,
        _ => throw new ArgumentException($"{PrecisionVariable} is '{requested}'; expected default, exact or fast"),
    };

    internal static int ChooseThreads(string? variable, object? setting) =>
        ParseThreads(ThreadsVariable, variable)
        ?? ParseThreads($"the setting {ThreadsSetting}", Convert.ToString(setting, CultureInfo.InvariantCulture))
        ?? Environment.ProcessorCount;

    private static int? ParseThreads(string source, string? requested)
    {
        if (string.IsNullOrWhiteSpace(requested))
        {
            return null;
        }

        return int.TryParse(requested.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads >= 1
            ? Math.Min(threads, Environment.ProcessorCount)
            : throw new ArgumentException($"{source} is '{requested}'; expected a whole number of at least 1");
    }

    internal static void RequireSupported(KernelPath path)
    {
        if (!IsSupported(path))
        {
            throw new PlatformNotSupportedException($"kernel path {path} needs instructions that this process does not have");
        }
    }
}
