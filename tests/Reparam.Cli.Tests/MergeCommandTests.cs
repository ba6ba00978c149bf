using System.Text.Json;
using System.Text.RegularExpressions;
using Reparam.Build.Stamps;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;
using Reparam.Merging;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam merge</c> and the worker that a build starts for it.</summary>
public sealed class MergeCommandTests : IDisposable
{
    private static readonly string Extension = typeof(SampleMerge).Assembly.Location;
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-merge-").FullName;

    public MergeCommandTests()
    {
        Write("base", 0, 0, 0);
        Write("a", 1, 2, 3);
        Write("b", 3, -4, 5);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_merge_is_written_and_summed_up_in_a_line()
    {
        var run = Merge("--method", "linear", In("a"), In("b"), "--output", In("o"), "--weights", "3,1");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal($"{In("o")}: 1 tensor (3 values) of 2 checkpoints merged by linear, weights [0.75,0.25]{Environment.NewLine}", run.Output);
        Assert.Equal([1.5f, 0.5f, 3.5f], Read("o"));

        run = Merge("-m", "ties", In("a"), In("b"), "--base", In("base"), "-o", In("o"), "--density", "1", "-q");
        Assert.Equal((0, "", ""), (run.Status, run.Output, run.Error));
        Assert.Equal([2, -4, 4], Read("o"));
    }

    [Fact]
    public void A_dry_run_tells_the_weights_and_writes_nothing()
    {
        var run = Merge("-m", "linear", In("a"), In("b"), "-o", In("o"), "--metric", "loss", "--metrics", "1,3", "--dry-run");
        Assert.Equal($"{In("o")} (not written): 1 tensor (3 values) of 2 checkpoints merged by linear, weights [0.75,0.25]{Environment.NewLine}", run.Output);
        Assert.False(File.Exists(In("o")));
    }

    [Fact]
    public void The_help_has_every_option_of_every_method_with_range_and_default()
    {
        var help = Regex.Replace(Merge("--help").Output, @"\s+", " ");
        foreach (var operation in CheckpointOperations.All)
        {
            Assert.Contains(operation.Summary, help);
            foreach (var option in operation.Options)
            {
                Assert.Contains($"--{option.Name} <VALUE>", help);
                Assert.Contains($"{option.Help} ({option.DescribeValues()}", help);
            }
        }

        Assert.Contains("0.2 if left out)", help);
    }

    [Fact]
    public void What_is_wrong_is_one_canonical_line_each()
    {
        var run = Merge("-m", "ties", In("a"), In("b"), "-o", In("o"), "--density", "2", "--step-origin", "1");
        Assert.Equal(1, run.Status);
        Assert.Equal(
            [
                $"{In("a")}: error RPB0171: ties needs a base, the checkpoint that the inputs were trained from",
                $"{In("a")}: error RPB0171: density is '2'; it is 1E-06 to 1; one value, or one for each input with commas between them",
                $"{In("a")}: error RPB0171: ties has no option 'step-origin'; it has weights, density, lambda, normalize",
            ],
            Lines(run.Error));
        Assert.StartsWith($"{In("a")}: error RPB0170: there is no method 'tise' (did you mean ties?)", Merge("-m", "tise", In("a"), "-o", In("o")).Error);
        Assert.Equal($"{In("a")}: error RPB0171: dtype is 'I8'; it is F64, F32, F16, BF16{Environment.NewLine}",
            Merge("-m", "linear", In("a"), "-o", In("o"), "--dtype", "I8").Error);
        Assert.Contains("error RPB0122", Merge("-m", "linear", In("a"), "-o", In("a")).Error);
        Assert.Contains("error RPB0120", Merge("-m", "linear", In("absent"), "-o", In("o")).Error);
    }

    [Fact]
    public void A_method_of_another_assembly_has_its_options_too()
    {
        var run = Process("merge", "-m", "smallest-value", In("a"), In("b"), "-o", In("o"), "--small-scale", "2", "--extension", Extension);
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal([2, -8, 6], Read("o"));
        Assert.Contains("--small-scale <VALUE>", Process("merge", "--help", $"--extension={Extension}").Output);

        run = Process("merge", "-m", "linear", In("a"), "-o", In("o"), "--extension", In("a"));
        Assert.StartsWith($"{In("a")}: error RPB0115: the extension cannot be used: ", run.Error);
        Assert.Equal(1, run.Status);
    }

    [Fact]
    public void The_worker_writes_the_result_and_the_stamp()
    {
        var run = Work(new
        {
            version = 1,
            method = "ties",
            inputs = new[] { In("a"), In("b") },
            @base = In("base"),
            output = In("o"),
            stamp = In("s"),
            options = new { Density = "1", Lambda = "0.5" }
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(["##progress 1 1 w", "##summary 1 tensor (3 values) of 2 checkpoints merged by ties"], Lines(run.Output));
        Assert.Equal([1, -2, 2], Read("o"));

        var inputs = new Dictionary<string, IReadOnlyList<string>>
        {
            ["plan"] = [In("plan.json")],
            ["input-1"] = [In("a")],
            ["input-2"] = [In("b")],
            ["base"] = [In("base")],
            ["tool"] = BuildStamp.ToolFiles(AppContext.BaseDirectory),
        };
        Assert.True(StampCheck.IsCurrent(In("s"), inputs, [In("o")]));
        Write("b", 3, -4, 6);
        Assert.False(StampCheck.IsCurrent(In("s"), inputs, [In("o")]));
    }

    [Fact]
    public void The_worker_knows_methods_of_extensions_and_tells_a_plan_that_is_none()
    {
        var run = Work(new
        {
            version = 1,
            method = "smallest-value",
            inputs = new[] { In("a"), In("b") },
            output = In("o"),
            stamp = In("s"),
            extensions = new[] { Extension }
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal([1, -4, 3], Read("o"));
        Assert.NotNull(BuildStamp.Read(In("s"))!.Find("extensions"));

        Assert.StartsWith($"{In("plan.json")}: error RPB0176: the plan cannot be read: ", Work(new { version = 1, method = "linear" }).Error);
        Assert.StartsWith($"{In("plan.json")}: error RPB0176: the plan cannot be read: found version 2, expected 1",
            Work(new { version = 2, method = "linear", inputs = new[] { In("a") }, output = In("o"), stamp = In("s") }).Error);
        Assert.StartsWith($"{In("a")}: error RPB0171: linear has no option 'Wieghts' (did you mean weights?)",
            Work(new { version = 1, method = "linear", inputs = new[] { In("a") }, output = In("o"), stamp = In("s"), options = new { Wieghts = "1" } }).Error);
    }

    private static CommandRun Merge(params string[] arguments) => CommandRun.Of(MergeCommand.Create(), arguments);

    // What is registered stays so: a process of its own.
    private static CommandRun Process(params string[] arguments)
    {
        using var process = ReparamProcess.Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output, error.Result);
    }

    private static string[] Lines(string text) => text.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private CommandRun Work(object plan)
    {
        File.WriteAllText(In("plan.json"), JsonSerializer.Serialize(plan));
        return CommandRun.Of(BuildMergeCommand.Create(), In("plan.json"));
    }

    private string In(string name) => Path.Combine(folder, name);

    private float[] Read(string name)
    {
        using var checkpoint = Checkpoint.Open(In(name));
        return checkpoint.ReadSingles("w");
    }

    private void Write(string name, params float[] values)
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("w", [values.Length], values);
        writer.Write(In(name));
    }
}
