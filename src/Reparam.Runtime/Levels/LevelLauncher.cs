using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Levels;

/// <summary>
/// A NativeAOT program is compiled for one set of instructions. The build compiles it for the baseline and again for further levels; the one for the
/// baseline starts everywhere, and here, before any other code of the program, gives way to the best one that lies beside it and that the machine runs.
/// On Linux the process replaces its image: it keeps its id, its arguments, its environment and its open files, and no second process exists. Windows
/// cannot do that; there the program waits for the other one and ends as it does.
/// </summary>
/// <remarks>
/// Whatever is wrong with a level's file, the program at hand runs on. A program that was not published with levels (all that run on the JIT, and the
/// levels' own programs) has no <see cref="LevelsSwitch"/>, and nothing happens here.
/// </remarks>
internal static partial class LevelLauncher
{
    /// <summary>Run-time option of a baseline program: the further levels that were published with it, between commas.</summary>
    public const string LevelsSwitch = "Reparam.NativeLevels";

    /// <summary>Run-time option of a published program: its level and the hash of what it was compiled from, as <c>x86-64-v3/9F86D0…</c>.</summary>
    public const string BuildSwitch = "Reparam.NativeBuild";

    /// <summary>Environment variable: the highest level to run.</summary>
    public const string LevelVariable = "REPARAM_LEVEL";

    /// <summary>Environment variable: 1 writes to standard error which program runs, and why.</summary>
    public const string TraceVariable = "REPARAM_LEVEL_TRACE";

    private const int SigPipe = 13;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Nothing of the program may run before it gives way: its output would appear twice.")]
    internal static void GiveWay()
    {
        if (AppContext.GetData(LevelsSwitch) is string levels && AppContext.GetData(BuildSwitch) is string build && Environment.ProcessPath is { } program)
        {
            GiveWay(program, levels.Split(','), build[(build.IndexOf('/') + 1)..]);
        }
    }

    private static void GiveWay(string program, string[] published, string hash)
    {
        var limit = Limit(Environment.GetEnvironmentVariable(LevelVariable), Environment.GetEnvironmentVariable(PackedKernels.IsaVariable));
        if (limit > ProcessorLevel.Baseline && Processor.Level() is var machine && machine < limit)
        {
            Trace($"this machine runs {Name(machine)}");
            limit = machine;
        }

        for (var level = limit; level > ProcessorLevel.Baseline; level--)
        {
            if (published.Contains(Name(level)))
            {
                var path = PathOf(program, level);
                var defect = LevelFile.Defect(path, $"{Name(level)}/{hash}");
                if (defect == null)
                {
                    Trace($"{path} takes over");
                    defect = OperatingSystem.IsWindows() ? RunAsChild(path) : Replace(path);
                }

                Trace($"{path} {defect}");
            }
        }

        Trace($"{program} runs, compiled for {Name(ProcessorLevel.Baseline)}");
    }

    /// <summary>The highest level that the environment allows. A kernel path that is asked for by name runs in the lowest program that has it.</summary>
    /// <param name="requested">What <c>REPARAM_LEVEL</c> holds.</param>
    /// <param name="isa">What <c>REPARAM_ISA</c> holds. An unknown name is refused where kernels are chosen.</param>
    /// <exception cref="ArgumentException"><c>REPARAM_LEVEL</c> holds an unknown name.</exception>
    internal static ProcessorLevel Limit(string? requested, string? isa)
    {
        var level = requested?.Trim().ToLowerInvariant() switch
        {
            null or "" or "x86-64-v4" => ProcessorLevel.V4,
            "x86-64-v3" => ProcessorLevel.V3,
            "x86-64" => ProcessorLevel.Baseline,
            _ => throw new ArgumentException($"{LevelVariable} is '{requested}'; expected x86-64, x86-64-v3 or x86-64-v4"),
        };
        var needed = isa?.Trim().ToLowerInvariant() switch
        {
            "scalar" or "vector128" => ProcessorLevel.Baseline,
            "avx2" => ProcessorLevel.V3,
            _ => ProcessorLevel.V4,
        };
        return level < needed ? level : needed;
    }

    internal static string Name(ProcessorLevel level) => level switch
    {
        ProcessorLevel.V4 => "x86-64-v4",
        ProcessorLevel.V3 => "x86-64-v3",
        _ => "x86-64",
    };

    private static string PathOf(string program, ProcessorLevel level) => OperatingSystem.IsWindows()
        ? Path.ChangeExtension(program, Name(level) + ".exe")
        : $"{program}.{Name(level)}";

    /// <summary>Runs the file in this process. Returns only when that failed, with the reason.</summary>
    private static unsafe string Replace(string path)
    {
        var file = Encoding.UTF8.GetBytes(path + '\0');
        var arguments = Arguments();
        fixed (byte* pinnedFile = file, pinnedArguments = arguments)
        {
            var count = arguments.AsSpan().Count((byte)0);
            var table = (byte**)NativeMemory.AllocZeroed((nuint)count + 1, (nuint)sizeof(byte*));
            for (int i = 0, start = 0; i < count; i++)
            {
                table[i] = pinnedArguments + start;
                start += arguments.AsSpan(start).IndexOf((byte)0) + 1;
            }

            // .NET ignores SIGPIPE, and what is ignored stays so: a program that this one starts would inherit it.
            SetSignal(SigPipe, 0);
            Execute(pinnedFile, table);
            var error = Marshal.GetLastPInvokeErrorMessage();
            SetSignal(SigPipe, 1);
            NativeMemory.Free(table);
            return $"does not start ({error})";
        }
    }

    /// <summary>The arguments as this process received them, byte for byte, each followed by a zero.</summary>
    private static byte[] Arguments()
    {
        try
        {
            if (File.ReadAllBytes("/proc/self/cmdline") is { Length: > 0 } line)
            {
                return line;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }

        return Encoding.UTF8.GetBytes(string.Concat(Environment.GetCommandLineArgs().Select(argument => argument + '\0')));
    }

    /// <summary>Runs the file in a process of its own and ends as it does. Returns only when it did not start, with the reason.</summary>
    private static string RunAsChild(string path)
    {
        // Ctrl-C reaches both; the child decides.
        Console.CancelKeyPress += static (_, press) => press.Cancel = true;
        if (Child(path, Environment.GetCommandLineArgs()[1..], out var defect) is { } status)
        {
            Environment.Exit(status);
        }

        return defect;
    }

    /// <summary>Runs a program with this one's console, handles and environment.</summary>
    /// <returns>Its exit status; null when it did not start.</returns>
    internal static int? Child(string path, string[] arguments, out string defect)
    {
        try
        {
            using var child = Process.Start(new ProcessStartInfo(path, arguments) { UseShellExecute = false })!;
            child.WaitForExit();
            defect = "";
            return child.ExitCode;
        }
        catch (Win32Exception exception)
        {
            defect = $"does not start ({exception.Message})";
            return null;
        }
    }

    private static void Trace(string message)
    {
        if (Environment.GetEnvironmentVariable(TraceVariable) == "1")
        {
            Console.Error.WriteLine($"reparam: {message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static unsafe partial int Execute(byte* path, byte** arguments);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);
}
