using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam compress</c> and <c>reparam decompress</c>: which inputs and outputs are taken, and that nothing is half-written.</summary>
public sealed class CompressFilesTests : CompressFixture
{
    [Fact]
    public void A_name_of_a_part_is_refused_before_anything_is_coded()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("fc.weight", [40, 50], Weights(2000, 1));
        writer.Add<float>("fc.weight.codes", [40, 50], Weights(2000, 2));
        writer.Write(In("d.safetensors"));
        foreach (var more in (string[][])[[], ["--exclude", "codes"], ["--target-bits", "3"]])
        {
            var run = Compress([.. more.Contains("--target-bits") ? (string[])[] : ["--bits", "3"], .. more]);
            Assert.Equal(1, run.Status);
            Assert.Matches(@"^[^\r\n]*: error RPB0120: tensor 'fc\.weight\.codes': found a tensor of this name, expected none: [^\r\n]* 'fc\.weight'[^\r\n]*\r?\n$", run.Error);
            OnlyTheInputIsLeft();
        }
    }

    [Fact]
    public void A_copied_tensor_that_a_reader_would_take_for_sign_planes_is_refused()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("fc.weight", [40, 50], Weights(2000, 1));
        writer.Add<uint>("other.codes", [1, 2, 3], new uint[6]);
        writer.Write(In("d.safetensors"));
        var run = Compress("--bits", "3");
        Assert.Equal(1, run.Status);
        Assert.Contains("tensor 'other.codes': found U32 [1, 2, 3]", run.Error);
        OnlyTheInputIsLeft();
    }

    [Fact]
    public void Names_that_would_act_on_a_terminal_are_shown_by_number()
    {
        const string Name = "fc\u001b[31m\u202e\n.weight";
        var writer = new SafetensorsWriter();
        writer.Add<float>(Name, [40, 50], Weights(2000, 1));
        writer.SetMetadata("k\u001b", "v\u001b[2J");
        writer.Write(In("d.safetensors"));
        Assert.Equal(0, Compress("--target-bits", "3.5", "--report", In("r.json")).Status);
        CommandRun[] runs =
        [
            Compress("--target-bits", "3.5"), CommandRun.Of(InspectCommand.Create(), In("d.safetensors")), CommandRun.Of(InspectCommand.Create(), In("p.safetensors")),
            Compress("--bits", "2", "--layout", "row", "--include", "none"), CommandRun.Of(CompressCommand.Create(), In("p.safetensors"), "--bits", "2", "-o", In("q.safetensors")),
        ];
        Assert.All(runs, run => Assert.DoesNotContain(run.Output + run.Error, letter => char.IsControl(letter) && letter is not '\r' and not '\n' || letter == '\u202e'));
        Assert.Contains("fc\\u001b[31m\\u202e\\u000a.weight", runs[0].Output);
        Assert.Contains("fc\\u001b[31m\\u202e\\u000a.weight", runs[1].Output);
        Assert.Contains("v\\u001b[2J", runs[1].Output);
        using var report = JsonDocument.Parse(File.ReadAllBytes(In("r.json")));
        Assert.DoesNotContain('\u001b', File.ReadAllText(In("r.json")));
    }

    [Fact]
    public void An_output_that_is_a_pipe_or_a_device_is_refused_and_a_link_is_followed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteDense();
        System.Diagnostics.Process.Start("mkfifo", In("fifo")).WaitForExit();
        File.WriteAllText(In("target"), "old");
        File.CreateSymbolicLink(In("link"), "target");
        string[][] runs = [["-o", In("fifo")], ["-o", In("p.safetensors"), "--report", In("fifo")]];
        foreach (var arguments in runs)
        {
            var run = CommandRun.Of(CompressCommand.Create(), [In("d.safetensors"), .. arguments, "--bits", "2"]);
            Assert.Equal(1, run.Status);
            Assert.Equal($"{In("fifo")}: error RPB0121: the file cannot be written: found a named pipe, expected a file [Writable]{Environment.NewLine}", run.Error);
        }

        Assert.Equal(0, CommandRun.Of(CompressCommand.Create(), In("d.safetensors"), "-o", In("link"), "--bits", "2").Status);
        Assert.Equal("target", new FileInfo(In("link")).LinkTarget);
        using var packed = PackedFile.Open(In("target"));
        Assert.Equal(3, packed.Layers.Count);
        var read = CommandRun.Of(InspectCommand.Create(), In("fifo"));
        Assert.Equal((1, $"{In("fifo")}: error RPB0120: the file cannot be read: found a named pipe, expected a file [Readable]{Environment.NewLine}"), (read.Status, read.Error));
    }

    [Fact]
    public void Shards_go_there_and_back()
    {
        WriteDense();
        var run = Compress("--bits", "3", "--shard-size", "700B", "--report", In("r.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.StartsWith(In("p.safetensors.index.json") + ": 3 weights coded", run.Output);
        Assert.False(File.Exists(In("p.safetensors")));
        Assert.Contains("\"p.safetensors.index.json\"", File.ReadAllText(In("r.json")));
        run = CommandRun.Of(InspectCommand.Create(), In("p.safetensors.index.json"), "--verify");
        Assert.Equal((0, ""), (run.Status, run.Error));
        run = CommandRun.Of(DecompressCommand.Create(), In("p.safetensors.index.json"), "-o", In("back.safetensors"), "--shard-size", "2KB");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.StartsWith(In("back.safetensors.index.json") + ": 3 weights decoded", run.Output);

        Assert.Equal(0, CommandRun.Of(CompressCommand.Create(), In("d.safetensors"), "-o", In("whole.safetensors"), "--bits", "3").Status);
        using var whole = PackedFile.Open(In("whole.safetensors"));
        using var back = Checkpoint.Open(In("back.safetensors.index.json"));
        Assert.Equal(whole.Layers.Keys.Concat(whole.CopiedNames).Order(StringComparer.Ordinal), back.Names);
        Assert.All(back.Names, name => Assert.Equal(whole.ReadSingles(name), back.ReadSingles(name)));

        run = CommandRun.Of(CompressCommand.Create(), In("back.safetensors.index.json"), "-o", In("back.safetensors"), "--bits", "3", "--shard-size", "1MB");
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*: error RPB0122: [^\r\n]*\r?\n$", run.Error);
        Assert.Equal(
            $"{In("d.safetensors")}: error RPB0102: '2,5KB' is no size; a size is a number of bytes, or a number with KB, MB, GB, KiB, MiB or GiB{Environment.NewLine}",
            Compress("--bits", "3", "--shard-size", "2,5KB").Error);
    }

    [Theory]
    [InlineData]
    [InlineData("--shard-size", "900KB")]
    public void A_file_that_may_not_grow_so_far_leaves_the_old_one_and_nothing_half_written(params string[] more)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var writer = new SafetensorsWriter();
        writer.Add<float>("a.weight", [2048, 2048], Weights(2048 * 2048, 1));
        writer.Write(In("d.safetensors"));
        File.WriteAllText(In("p.safetensors"), "old");

        // The limit is 1000 KiB a file; executable memory of the runtime would count as one.
        var start = new System.Diagnostics.ProcessStartInfo("bash", ["-c", "ulimit -f 1000; exec \"$@\"", "bash"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        foreach (var argument in (string[])
            [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", typeof(CompressCommand).Assembly.Location, "compress", In("d.safetensors"), "-o", In("p.safetensors"),
                "--bits", "3", "--layout", "row", "--quality", "fast", .. more])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.Matches(@"^[^\r\n]*p\.safetensors: error RPB0121: the file cannot be written: [^\r\n]*\n$", error);
        Assert.Equal("old", File.ReadAllText(In("p.safetensors")));
        Assert.Equal([In("d.safetensors"), In("p.safetensors")], Directory.GetFileSystemEntries(Folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_truncated_input_is_refused()
    {
        WriteDense();
        File.WriteAllBytes(In("d.safetensors"), File.ReadAllBytes(In("d.safetensors"))[..^5]);
        var run = Compress("--bits", "2");
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*d\.safetensors: error RPB0120: [^\r\n]*\r?\n$", run.Error);
        OnlyTheInputIsLeft();
    }

    [Fact]
    public void Every_tensor_with_a_weight_that_is_not_finite_is_named()
    {
        WriteDense(hasNonFinite: true);
        var run = Compress("--bits", "2");
        Assert.Equal(1, run.Status);
        var lines = run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("error RPB0105: tensor 'conv.weight' holds NaN at element 7", lines[0]);
        Assert.Contains("error RPB0105: tensor 'fc.weight' holds Infinity at element 1999", lines[1]);
        OnlyTheInputIsLeft();
    }

    [Fact]
    public void An_input_is_never_replaced_under_whatever_path()
    {
        WriteDense();
        Directory.CreateSymbolicLink(In("folder"), Folder);
        File.CreateSymbolicLink(In("folder/link"), In("d.safetensors"));
        var before = File.ReadAllBytes(In("d.safetensors"));

        string[][] runs =
        [
            [In("d.safetensors"), "-o", In("d.safetensors")], [In("d.safetensors"), "-o", In("./folder/d.safetensors")],
            [In("d.safetensors"), "-o", In("link")], [In("link"), "-o", In("d.safetensors")],
            [Folder, "-o", In("d.safetensors")], [In("d.safetensors"), "-o", In("p.safetensors"), "--report", In("d.safetensors")],
            [In("d.safetensors"), "-o", In("p.safetensors"), "--report", In("folder/p.safetensors")],
        ];
        foreach (var arguments in runs)
        {
            var run = CommandRun.Of(CompressCommand.Create(), [.. arguments, "--bits", "2"]);
            Assert.Equal(1, run.Status);
            Assert.Matches(@"^[^\r\n]*: error RPB0122: the output is also the input [^\r\n]*\r?\n$", run.Error);
        }

        File.Delete(In("link"));
        Directory.Delete(In("folder"));
        Assert.Equal(before, File.ReadAllBytes(In("d.safetensors")));
        OnlyTheInputIsLeft();
    }

    [Fact]
    public void A_packed_file_is_not_decompressed_into_itself()
    {
        WriteDense();
        Assert.Equal(0, Compress("--bits", "2").Status);
        var before = File.ReadAllBytes(In("p.safetensors"));
        Assert.Contains("error RPB0122: ", CommandRun.Of(DecompressCommand.Create(), In("p.safetensors"), "-o", In("p.safetensors")).Error);
        Assert.Equal(before, File.ReadAllBytes(In("p.safetensors")));
    }

    [Fact]
    public void A_place_that_cannot_be_written_and_a_packed_input_are_refused()
    {
        WriteDense();
        var run = CommandRun.Of(CompressCommand.Create(), In("d.safetensors"), "-o", In("none/p.safetensors"), "--bits", "2");
        Assert.Equal(1, run.Status);
        Assert.Contains("p.safetensors: error RPB0121: ", run.Error);

        Assert.Equal(0, Compress("--bits", "2").Status);
        run = CommandRun.Of(CompressCommand.Create(), In("p.safetensors"), "-o", In("pp.safetensors"), "--bits", "2");
        Assert.Equal(1, run.Status);
        Assert.Contains("error RPB0120: found a packed file", run.Error);

        run = CommandRun.Of(DecompressCommand.Create(), In("d.safetensors"), "-o", In("dd.safetensors"));
        Assert.Equal(1, run.Status);
        Assert.Contains("error RPB0120: ", run.Error);
        Assert.False(File.Exists(In("dd.safetensors")));
    }

    [Fact]
    public void A_report_that_cannot_be_written_is_told_before_the_work()
    {
        WriteDense();
        var run = Compress("--bits", "2", "--report", In("none/r.json"));
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*r\.json: error RPB0121: [^\r\n]*\r?\n$", run.Error);
        OnlyTheInputIsLeft();
    }

    [Fact]
    public void A_calibration_that_cannot_be_read_or_that_is_an_output_is_refused()
    {
        WriteDense();
        Assert.Matches(@"^[^\r\n]*none\.safetensors: error RPB0120: [^\r\n]*\r?\n$", Compress("--bits", "2", "--calibration", In("none.safetensors")).Error);
        Assert.Contains("d.safetensors: error RPB0120: found neither", Compress("--bits", "2", "--calibration", In("d.safetensors")).Error);
        Assert.Contains("p.safetensors: error RPB0122: ", Compress("--bits", "2", "--calibration", In("p.safetensors")).Error);
        OnlyTheInputIsLeft();
    }
}
