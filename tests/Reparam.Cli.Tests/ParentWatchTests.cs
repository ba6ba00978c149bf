using System.Diagnostics;
using System.Globalization;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary>Who is watched for a build: the process that started the worker, and the build behind it.</summary>
public sealed class ParentWatchTests
{
    [Theory]
    [InlineData("/nodemode:2 /nodeReuse:false", true)]
    [InlineData("/nodemode:1 /nodeReuse:true", false)] // used by builds one after the other: its starter is none of this build's business
    [InlineData("", false)]
    public void The_build_behind_a_task_host_counts(string arguments, bool counts)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // A shell stands in for the build, and another one, with arguments like MSBuild's, for the host that it started.
        using var build = Process.Start(new ProcessStartInfo("sh", ["-c", $"sh -c 'sleep 300; :' host {arguments} & echo $!; wait"]) { RedirectStandardOutput = true })!;
        var host = int.Parse(build.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        try
        {
            // Until the shell has replaced the copy of its parent that it starts as.
            SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{host}/cmdline").StartsWith("sh\0-c\0sleep", StringComparison.Ordinal));
            Assert.Equal(counts ? [host, build.Id] : [host], BuildProcesses.From(host));
            using var watch = new ParentWatch(host, CancellationToken.None);
            Assert.False(watch.Token.IsCancellationRequested);
            build.Kill();
            build.WaitForExit();
            if (counts)
            {
                watch.Token.WaitHandle.WaitOne();
            }

            using (var running = Process.GetProcessById(host))
            {
                running.Kill(entireProcessTree: true);
            }

            watch.Token.WaitHandle.WaitOne();
        }
        finally
        {
            build.Kill(entireProcessTree: true);
        }
    }
}
