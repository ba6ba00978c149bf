using System.Diagnostics;
using System.Text;

namespace Reparam.Integration.Tests.Harness;

/// <summary>A dotnet command on its way.</summary>
internal sealed class RunningBuild : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    // Waiting for a process with a limit does not wait for its output, which may lag behind on a busy machine.
    private static readonly TimeSpan LimitOfOutput = TimeSpan.FromSeconds(30);

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

    public BuildResult Wait()
    {
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The build did not end:\n{Output}");
        }

        Assert.True(Task.WaitAll([endOfOutput.Task, endOfErrors.Task], LimitOfOutput), $"The build ended and left its output open:\n{Output}");
        return new BuildResult(process.ExitCode, Output, log);
    }

    /// <summary>Waits for a file that the build is to write.</summary>
    public void WaitFor(string file)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(file))
        {
            Assert.False(process.HasExited, $"The build ended before it wrote {file}:\n{Output}");
            Assert.True(watch.Elapsed < Limit, $"{file} was not written:\n{Output}");
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
