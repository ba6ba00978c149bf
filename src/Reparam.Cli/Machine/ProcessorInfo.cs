namespace Reparam.Cli.Machine;

/// <summary>What the operating system says of the processor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Flags">Its features, as Linux names them; empty elsewhere.</param>
internal sealed record ProcessorInfo(string Name, IReadOnlySet<string> Flags)
{
    /// <summary>This machine's.</summary>
    public static ProcessorInfo Machine { get; } = Read("/proc/cpuinfo");

    /// <summary>Reads the first processor of a file in the form of <c>/proc/cpuinfo</c>.</summary>
    public static ProcessorInfo Read(string file)
    {
        var lines = File.Exists(file) ? File.ReadLines(file).TakeWhile(line => line.Length > 0).ToArray() : [];
        var name = Value("model name") ?? Value("CPU part") ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
        var flags = Value("flags") ?? Value("Features") ?? "";
        return new ProcessorInfo(name, flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal));

        string? Value(string key) =>
            lines.Where(line => line.Split(':')[0].Trim() == key).Select(line => line[(line.IndexOf(':') + 1)..].Trim()).FirstOrDefault();
    }
}
