using System.Diagnostics;
using System.Text.Json.Nodes;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam build</c>: signals, and the end of the process that started it.</summary>
public sealed class BuildCancellationTests : BuildFixture
{
    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public void A_signal_ends_it_with_130_and_nothing_half_written(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteLong();
        using var process = ReparamProcess.Start("build", In("plan.json"));
        Assert.Equal("##progress 0 1 embed.weight", process.StandardOutput.ReadLine());
        ReparamProcess.Signal(process, signal);
        AssertCancelled(process);
    }

    [Fact]
    public void It_ends_when_the_process_that_started_it_is_gone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteLong();
        using var parent = Process.Start("sleep", "3600");
        using var process = ReparamProcess.Start("build", In("plan.json"), "--parent", $"{parent.Id}");
        Assert.Equal("##progress 0 1 embed.weight", process.StandardOutput.ReadLine());
        Assert.False(process.HasExited);
        parent.Kill();
        parent.WaitForExit();
        AssertCancelled(process);

        using var late = ReparamProcess.Start("build", In("plan.json"), "--parent", $"{parent.Id}");
        AssertCancelled(late);
    }

    private void AssertCancelled(Process process)
    {
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Empty(Directory.Exists(In("obj")) ? Directory.GetFileSystemEntries(In("obj")) : []);
    }

    private void WriteLong()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("embed.weight", [2048, 4096], Weights(2048 * 4096, 3));
        writer.Write(In("m.safetensors"));
        WritePlan(plan =>
        {
            plan["threads"] = 1;
            plan["manifests"]!["Ns.Model"]!["children"] = new JsonArray();
            plan["manifests"]!["Ns.Model"]!["layers"]![0]!["options"] = JsonNode.Parse("""{ "bits": 4, "scaleTerms": 3, "rounds": 100 }""");
        });
    }
}
