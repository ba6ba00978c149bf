using System.Diagnostics;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary>The command as a process of its own, for what only a process has: signals.</summary>
internal static class ReparamProcess
{
    /// <summary>Starts it with signals as a terminal has them: what runs in the background of a script would inherit an ignored SIGINT.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("env")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("--default-signal=INT");
        start.ArgumentList.Add(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet");
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(CompressCommand).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits until the process has had more of the processor than its start takes, however busy the machine is.</summary>
    public static void WaitUntilBusy(Process process)
    {
        while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(1.5))
        {
            Thread.Sleep(50);
            process.Refresh();
        }
    }

    /// <summary>Sends a signal: <c>-INT</c> is what Ctrl+C sends.</summary>
    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [signal, process.Id.ToString()]);
        kill.WaitForExit();
    }
}
