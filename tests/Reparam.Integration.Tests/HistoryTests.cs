namespace Reparam.Integration.Tests;

/// <summary>What may happen to files between two builds, each to an item of its own. Content counts, whatever the times say.</summary>
public class HistoryTests
{
    private const string Bin = "App/bin/Debug/net10.0";
    private const string Obj = "App/obj/Debug/net10.0/reparam";

    private static readonly DateTime Old = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    [Fact]
    public void What_lies_beside_the_program_is_always_what_the_checkpoint_gives()
    {
        string[] stale = ["older", "rewritten", "copied", "swapped1", "swapped2", "edited-output", "cut-output", "deleted-output", "edited-stream", "deleted-report", "edited-report", "torn-stamp", "shard", "linked", "returned"];
        string[] current = ["untouched", "touched", "renamed", "edited-copy", "newer-copy"];
        using var sandbox = new Sandbox("it's (1) 100% #+é @ $ of mine");
        var items = string.Concat(stale.Concat(current).Select(name =>
            $"""<ReparamCheckpoint Include="../data/{name}.safetensors{(name == "shard" ? ".index.json" : "")}" RuntimeLayout="{(name == "edited-stream" ? "avx2" : "")}" />"""));
        sandbox.WriteApp("App", $"<ItemGroup>{items}</ItemGroup>", Manifest.Root("Ns.Model"));
        foreach (var name in stale.Concat(current))
        {
            Write(sandbox, name, $"ok {name}");
        }

        sandbox.Write("data/shard.safetensors.index.json", """{ "weight_map": { "a": "shard.safetensors" } }""");
        sandbox.Write("data/target.safetensors", "ok target");
        sandbox.Write("data/other-target.safetensors", "ok TARGET");
        File.Delete(Data(sandbox, "linked"));
        File.CreateSymbolicLink(Data(sandbox, "linked"), "target.safetensors");

        var first = sandbox.Run("build", "App").Succeeds();
        Assert.Equal(stale.Length + current.Length, first.WorkerRuns);
        Assert.Contains("older.safetensors (older): [2/2] head", first.Messages);
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        // Each replacement has the length and the time of what was there, or an older time.
        sandbox.Write("data/new", "ok OLDER");
        File.SetLastWriteTimeUtc(sandbox.PathOf("data/new"), Old.AddYears(-1));
        File.Move(sandbox.PathOf("data/new"), Data(sandbox, "older"), overwrite: true);
        Write(sandbox, "rewritten", "ok REWRITTEN");
        Write(sandbox, "new", "ok COPIED");
        File.Copy(Data(sandbox, "new"), Data(sandbox, "copied"), overwrite: true);
        File.SetLastWriteTimeUtc(Data(sandbox, "copied"), Old);
        File.Move(Data(sandbox, "swapped1"), Data(sandbox, "new"), overwrite: true);
        File.Move(Data(sandbox, "swapped2"), Data(sandbox, "swapped1"));
        File.Move(Data(sandbox, "new"), Data(sandbox, "swapped2"));
        sandbox.Write("data/shard.safetensors", "SHARD");
        File.Delete(Data(sandbox, "linked"));
        File.CreateSymbolicLink(Data(sandbox, "linked"), "other-target.safetensors");
        Write(sandbox, "returned", "error");
        Assert.Equal(["RPB0199"], sandbox.Run("build", "App", "--no-restore").Fails().ErrorCodes);
        Write(sandbox, "returned", "ok RETURNED");

        // Outputs, with their times kept.
        Edit(sandbox, $"{Obj}/edited-output/edited-output.reparam.safetensors", text => text.ToUpperInvariant());
        Edit(sandbox, $"{Obj}/cut-output/cut-output.reparam.safetensors", text => text[..3]);
        File.Delete(sandbox.PathOf($"{Obj}/deleted-output/deleted-output.reparam.safetensors"));
        Edit(sandbox, $"{Obj}/edited-stream/edited-stream.reparam.avx2", text => text.ToUpperInvariant());
        File.Delete(sandbox.PathOf($"{Obj}/deleted-report/deleted-report.report.json"));
        Edit(sandbox, $"{Obj}/edited-report/edited-report.report.json", _ => "[]");
        Edit(sandbox, $"{Obj}/torn-stamp/torn-stamp.stamp", text => text[..^4]);

        // What is the same.
        File.SetLastWriteTimeUtc(Data(sandbox, "touched"), DateTime.UtcNow);
        File.Copy(Data(sandbox, "renamed"), Data(sandbox, "new"));
        File.Move(Data(sandbox, "new"), Data(sandbox, "renamed"), overwrite: true);
        Edit(sandbox, $"{Bin}/edited-copy.reparam.safetensors", text => text.ToUpperInvariant());
        sandbox.Write($"{Bin}/newer-copy.reparam.safetensors", "another one, which is newer");
        sandbox.Write($"{Bin}/foreign.reparam.safetensors", "mine");

        // Those that changed before the build that failed, and before the first failing item, were made by it.
        var second = sandbox.Run("build", "App", "--no-restore").Succeeds();
        Assert.InRange(second.WorkerRuns, 8, stale.Length);
        foreach (var name in stale.Concat(current))
        {
            var expected = name switch
            {
                "older" or "rewritten" or "copied" or "returned" => $"ok {name.ToUpperInvariant()}",
                "swapped1" => "ok swapped2",
                "swapped2" => "ok swapped1",
                "linked" => "ok TARGET",
                "shard" => sandbox.Read("data/shard.safetensors.index.json"),
                _ => $"ok {name}",
            };
            Assert.Equal($"Ns.Model {expected}", sandbox.Read($"{Bin}/{name}.reparam.safetensors"));
        }

        Assert.Equal("avx2 of ok edited-stream", sandbox.Read($"{Bin}/edited-stream.reparam.avx2"));
        Assert.Equal("mine", sandbox.Read($"{Bin}/foreign.reparam.safetensors"));
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
    }

    private static string Data(Sandbox sandbox, string name) => sandbox.PathOf($"data/{name}.safetensors");

    // With one time for all, so that no time tells anything.
    private static void Write(Sandbox sandbox, string name, string text)
    {
        sandbox.Write($"data/{name}.safetensors", text);
        File.SetLastWriteTimeUtc(Data(sandbox, name), Old);
    }

    private static void Edit(Sandbox sandbox, string file, Func<string, string> edit)
    {
        var time = File.GetLastWriteTimeUtc(sandbox.PathOf(file));
        sandbox.Write(file, edit(sandbox.Read(file)));
        File.SetLastWriteTimeUtc(sandbox.PathOf(file), time);
    }
}
