using System.Diagnostics;

namespace Reparam.Benchmarks.Commands;

/// <summary>This command as another process.</summary>
internal static class SelfProcess
{
    /// <summary>Runs it and gives what it printed. What it has to say of errors and progress goes where this process says it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <exception cref="SelfProcessException">It failed; it has said why.</exception>
    public static string Run(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var own = typeof(SelfProcess).Assembly.Location;
        var host = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true };
        // Anything but the program's own launcher takes the program as an argument.
        if (!string.Equals(Path.ChangeExtension(own, OperatingSystem.IsWindows() ? ".exe" : null), host, StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(own);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var registration = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode == 0 ? output : throw new SelfProcessException(process.ExitCode);
    }
}
