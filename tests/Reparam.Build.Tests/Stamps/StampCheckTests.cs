using Reparam.Build.Stamps;

namespace Reparam.Build.Tests.Stamps;

/// <summary>Up to date means: the same content, whatever the times say.</summary>
public sealed class StampCheckTests : IDisposable
{
    private static readonly DateTime Old = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder folder = new();

    public StampCheckTests()
    {
        foreach (var (file, text) in new[] { ("plan", "options"), ("model", "weights"), ("index", "1, 2"), ("shard1", "one"), ("shard2", "two"), ("calibration", "inputs"), ("worker.dll", "code"), ("packed", "codes"), ("report", "errors") })
        {
            File.SetLastWriteTimeUtc(folder.Write(file, text), Old);
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nothing_changed_is_current()
    {
        Finish();
        Assert.True(IsCurrent());
        Assert.True(IsCurrent());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("plan")]
    [InlineData("calibration")]
    [InlineData("worker.dll")]
    [InlineData("packed")]
    [InlineData("report")]
    public void Other_content_is_noticed_however_it_came(string file)
    {
        var path = folder.PathOf(file);
        var text = File.ReadAllText(path);
        var other = text[..^1] + "!";

        // Rewritten in place, with length and time as before.
        Finish();
        File.WriteAllText(path, other);
        File.SetLastWriteTimeUtc(path, Old);
        Assert.False(IsCurrent());

        // Replaced by an older file.
        Finish();
        folder.Write("older", text);
        File.SetLastWriteTimeUtc(folder.PathOf("older"), Old.AddYears(-1));
        File.Move(folder.PathOf("older"), path, overwrite: true);
        Assert.False(IsCurrent());

        // And back: the last compression was of this content.
        File.WriteAllText(path, other);
        Assert.True(IsCurrent());

        File.WriteAllText(path, other[..^1]);
        Assert.False(IsCurrent());
        File.Delete(path);
        Assert.False(IsCurrent());
    }

    [Fact]
    public void A_new_time_alone_is_no_change()
    {
        Finish();
        foreach (var file in Directory.GetFiles(folder.Root))
        {
            File.SetLastWriteTimeUtc(file, Old.AddDays(1));
        }

        Assert.True(IsCurrent());
    }

    [Fact]
    public void A_link_counts_as_what_it_points_to()
    {
        folder.Write("other", "WEIGHTS");
        File.Move(folder.PathOf("model"), folder.PathOf("target"));
        File.CreateSymbolicLink(folder.PathOf("model"), folder.PathOf("target"));
        Finish();
        Assert.True(IsCurrent());

        File.Delete(folder.PathOf("model"));
        File.CreateSymbolicLink(folder.PathOf("model"), folder.PathOf("other"));
        Assert.False(IsCurrent());
    }

    [Fact]
    public void Shards_count_in_their_order()
    {
        string[] sharded = ["index", "shard1", "shard2"];
        Finish(sharded);
        Assert.True(IsCurrent(sharded));

        // The two change places, each with its length and time.
        File.Move(folder.PathOf("shard1"), folder.PathOf("third"));
        File.Move(folder.PathOf("shard2"), folder.PathOf("shard1"));
        File.Move(folder.PathOf("third"), folder.PathOf("shard2"));
        Assert.False(IsCurrent(sharded));
        Assert.False(IsCurrent(["index", "shard1"]));
    }

    [Fact]
    public void An_input_more_or_less_and_an_output_that_was_not_asked_for_before_are_changes()
    {
        Finish();
        var inputs = Inputs(["model"]);
        Assert.False(StampCheck.IsCurrent(Stamp, inputs, [folder.PathOf("packed"), folder.PathOf("packed.avx2")]));
        inputs.Remove(BuildStamp.Calibration);
        Assert.False(StampCheck.IsCurrent(Stamp, inputs, [folder.PathOf("packed")]));
        inputs = Inputs(["model"]);
        inputs.Add(BuildStamp.AllocationPlan, [folder.PathOf("report")]);
        Assert.False(StampCheck.IsCurrent(Stamp, inputs, [folder.PathOf("packed")]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("reparam stamp 2 5\nend\n")]
    [InlineData("reparam stamp 1 5\nplan 00\nend\n")]
    [InlineData("reparam stamp 1 5\n a b\nend\n")]
    [InlineData("reparam stamp 1 5\nplan 00\n ? /a")]
    [InlineData("reparam stamp 1 5\nplan 00\n /a\nend\n")]
    [InlineData("reparam stamp 1 99999999999999999999\nend\n")]
    public void A_stamp_that_is_not_whole_says_nothing(string text)
    {
        File.WriteAllText(Stamp, text);
        Assert.False(IsCurrent());
    }

    [Fact]
    public void Facts_spare_reading_a_file_that_has_not_changed_for_a_while()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // A file of the run-time is older than the step of any file system; its hash is not looked at.
        var old = typeof(object).Assembly.Location;
        var facts = FileFacts.Of(old);
        Assert.NotNull(facts);
        var group = new FileGroup("g", "no hash of it", [new KeyValuePair<string, string?>(old, facts)]);
        Assert.Same(group, group.Refreshed([old]));

        // A fresh file may change again under the same time: its facts are known and not relied on.
        Assert.Null(FileFacts.Of(folder.Write("fresh", "1")));
        Assert.NotNull(FileFacts.OfFresh(folder.PathOf("fresh")));
        Assert.Null(FileFacts.OfFresh(folder.PathOf("absent")));
    }

    [Fact]
    public void A_copy_stays_where_it_is_the_output_and_goes_where_it_is_not()
    {
        Finish();
        var (same, other) = (folder.Write("same", "codes"), folder.Write("other", "cod3s"));
        var packed = folder.PathOf("packed");
        for (var run = 0; run < 2; run++)
        {
            StampCheck.RemoveOtherCopies(Stamp, [new(packed, same), new(packed, other), new(packed, folder.PathOf("absent"))]);
            Assert.Equal((true, false), (File.Exists(same), File.Exists(other)));
            Assert.True(IsCurrent());
        }

        File.WriteAllText(same, "c0des");
        File.SetLastWriteTimeUtc(same, Old.AddYears(5));
        StampCheck.RemoveOtherCopies(Stamp, [new(packed, same)]);
        Assert.False(File.Exists(same));
        Assert.True(File.GetLastWriteTimeUtc(packed) > Old.AddYears(5));
        Assert.True(IsCurrent());
    }

    [Fact]
    public void Odd_paths_survive_in_a_stamp()
    {
        var path = folder.PathOf("a b\\n\nc ?.bin");
        new BuildStamp([new FileGroup("output", "00", [new KeyValuePair<string, string?>(path, null), new KeyValuePair<string, string?>("/x", "1/2")])], Old).Write(Stamp);
        var read = BuildStamp.Read(Stamp)!;
        Assert.Equal(Old, read.Latest);
        Assert.Equal([path, "/x"], read.Groups[0].Files.Select(file => file.Key));
        Assert.Equal([null, "1/2"], read.Groups[0].Files.Select(file => file.Value));
        Assert.Equal(["stamp"], Directory.GetFiles(folder.Root, "*stamp*").Select(Path.GetFileName));
    }

    [Fact]
    public void Only_the_workers_own_temporary_files_are_told_as_such()
    {
        const string ending = "0123456789abcdef.reparam-unfinished";
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("m.stamp"u8));
        string[] own = [$".m.reparam.safetensors.{ending}", $".m.reparam.avx512.{ending}", $".m.report.json.{ending}", $".m.stamp.{ending}", $".m.plan.json.{ending}", $".{hash}.{ending}"];
        string[] foreign = ["m.notes", $".m.notes.{ending}", ".m.report.json.backup.reparam-unfinished", $".other.report.json.{ending}", "m.reparam.safetensors.tmp", $".m.stamp.0{ending}"];
        Array.ForEach([.. own, .. foreign], file => folder.Write(file, ""));
        Assert.Equal(own.Order(StringComparer.Ordinal), OwnFiles.Temporaries(folder.PathOf("m.reparam.safetensors")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private string Stamp => folder.PathOf("stamp");

    private Dictionary<string, IReadOnlyList<string>> Inputs(string[] checkpoint) => new()
    {
        [BuildStamp.Plan] = [folder.PathOf("plan")],
        [BuildStamp.Checkpoint] = [.. checkpoint.Select(folder.PathOf)],
        [BuildStamp.Calibration] = [folder.PathOf("calibration")],
        [BuildStamp.Tool] = BuildStamp.ToolFiles(folder.Root),
    };

    private bool IsCurrent(string[]? checkpoint = null) => StampCheck.IsCurrent(Stamp, Inputs(checkpoint ?? ["model"]), [folder.PathOf("packed"), folder.PathOf("report")]);

    // What the worker does last.
    private void Finish(string[]? checkpoint = null)
    {
        var groups = Inputs(checkpoint ?? ["model"]).Select(input => FileGroup.Read(input.Key, input.Value)).ToList();
        groups.AddRange(new[] { "packed", "report" }.Select(output => FileGroup.Read(BuildStamp.Output, [folder.PathOf(output)])));
        new BuildStamp(groups, Old).Write(Stamp);
    }
}
