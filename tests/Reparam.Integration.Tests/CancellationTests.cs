using System.Diagnostics;
using System.Globalization;

namespace Reparam.Integration.Tests;

/// <summary>Builds that are stopped, or killed, in the middle of a compression.</summary>
public class CancellationTests
{
    private const string Folder = "App/obj/Debug/net10.0/reparam/model";
    private const string Partial = ".model.reparam.safetensors.0123456789abcdef.reparam-unfinished";

    [Theory]
    [InlineData("")]
    [InlineData("TaskHostFactory")] // as in this repository: the task in a process of its own
    public void A_cancelled_build_kills_the_worker_with_its_children_and_leaves_nothing(string taskFactory)
    {
        using var sandbox = SlowSandbox();
        using var running = sandbox.Start("build", "App", $"-p:ReparamBuildTaskFactory={taskFactory}");
        var pids = WaitForWorker(sandbox, running);
        Assert.Contains(Partial, sandbox.Files(Folder));

        running.Interrupt();

        running.Wait().Fails();
        Assert.All(pids, AssertGone);
        Assert.Equal(["model.plan.json"], sandbox.Files(Folder));
        Assert.False(sandbox.Exists("App/bin/Debug/net10.0/model.reparam.safetensors"));
        AssertRecovers(sandbox);
    }

    [Fact]
    public void A_killed_worker_is_an_error_and_leaves_nothing()
    {
        using var sandbox = SlowSandbox();
        using var running = sandbox.Start("build", "App");
        var pids = WaitForWorker(sandbox, running);

        Kill(pids[0]);
        Kill(pids[1]); // holds the worker's output open

        var error = Assert.Single(running.Wait().Fails().Errors);
        Assert.Equal("RPB0012", error.Code);
        Assert.Equal(["model.plan.json"], sandbox.Files(Folder));
        AssertRecovers(sandbox);
    }

    [Fact]
    public void A_killed_build_leaves_what_the_next_one_removes()
    {
        using var sandbox = SlowSandbox();
        using var running = sandbox.Start("build", "App");
        var pids = WaitForWorker(sandbox, running);

        Kill(running.ProcessId);
        Array.ForEach(pids, Kill);
        running.Wait();
        Assert.Equal([Partial, "model.plan.json"], sandbox.Files(Folder));

        AssertRecovers(sandbox);
    }

    [Fact]
    public void A_killed_build_ends_its_worker_also_where_the_task_has_a_process_of_its_own()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var sandbox = SlowSandbox();
        using var running = sandbox.Start("build", "App", "-p:ReparamBuildTaskFactory=TaskHostFactory");
        var pids = WaitForWorker(sandbox, running);

        Kill(running.ProcessId);

        AssertGone(pids[0]);
        Kill(pids[1]); // holds the worker's output open
        running.Wait();
        AssertRecovers(sandbox);
    }

    private static Sandbox SlowSandbox()
    {
        var sandbox = new Sandbox();
        sandbox.WriteApp("App", """<ItemGroup><ReparamCheckpoint Include="model.safetensors" /></ItemGroup>""", Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "slow");
        return sandbox;
    }

    private static int[] WaitForWorker(Sandbox sandbox, RunningBuild running)
    {
        running.WaitFor(sandbox.PathOf("App/model.safetensors.pids"));
        int[] pids = [.. sandbox.Read("App/model.safetensors.pids").Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
        Assert.True(IsAlive(pids[2]), "The worker is told of a parent that does not exist.");
        return pids[..2];
    }

    private static void AssertRecovers(Sandbox sandbox)
    {
        sandbox.Write("App/model.safetensors", "ok");
        Assert.Equal(1, sandbox.Run("build", "App").Succeeds().WorkerRuns);
        Assert.Equal("Ns.Model ok", sandbox.Read("App/bin/Debug/net10.0/model.reparam.safetensors"));
        Assert.Equal(["model.plan.json", "model.reparam.safetensors", "model.report.json", "model.stamp"], sandbox.Files(Folder));
    }

    private static void Kill(int pid)
    {
        using var kill = Process.Start("kill", ["-KILL", $"{pid}"]);
        kill.WaitForExit();
    }

    // Neither the slow worker nor its child ends by itself: what ends them is what the test is about. Where that is missing, the wait is what the run's hang guard names.
    private static void AssertGone(int pid)
    {
        while (IsAlive(pid))
        {
            Thread.Sleep(50);
        }
    }

    // A process whose parent never asked for its status is a zombie: gone, but still listed.
    private static bool IsAlive(int pid)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{pid}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
