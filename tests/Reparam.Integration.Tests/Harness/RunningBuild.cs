using System.Diagnostics;
using System.Text;

namespace Reparam.Integration.Tests.Harness;

/// <summary>A dotnet command on its way. Nothing here has a limit of time: how long a build takes says how busy the machine is, and nothing of the product.</summary>
internal sealed class RunningBuild : IDisposable
{
    private readonly Process process;
    private readonly string log;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource endOfOutput = new();
    private readonly TaskCompletionSource endOfErrors = new();

    public RunningBuild(ProcessStartInfo start, string log)
    {
        this.log = log;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Collect(line.Data, endOfOutput);
        process.ErrorDataReceived += (_, line) => Collect(line.Data, endOfErrors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int ProcessId => process.Id;

    /// <summary>Waits for the end of the build and of all that it has to print.</summary>
    public BuildResult Wait()
    {
        process.WaitForExit();
        Task.WaitAll(endOfOutput.Task, endOfErrors.Task);
        return new BuildResult(process.ExitCode, Output, log);
    }

    /// <summary>Waits for a file that the build is to write, or for the end of the build, which is a failure.</summary>
    public void WaitFor(string file)
    {
        while (!File.Exists(file))
        {
            Assert.False(process.HasExited, $"The build ended before it wrote {file}:\n{Output}");
            Thread.Sleep(50);
        }
    }

    /// <summary>What Ctrl+C does.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    private void Collect(string? line, TaskCompletionSource end)
    {
        if (line is null)
        {
            end.TrySetResult();
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
