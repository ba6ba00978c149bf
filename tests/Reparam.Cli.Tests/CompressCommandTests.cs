using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam compress</c> and <c>reparam decompress</c>: files, lines, exit status.</summary>
public sealed class CompressCommandTests : CompressFixture
{
    [Theory]
    [InlineData("column", "column")]
    [InlineData("block8", "block8")]
    [InlineData("nested", "nested")]
    [InlineData("codebook", "codebook")]
    public void Every_layout_goes_into_a_packed_file_and_back(string layout, string expected)
    {
        WriteDense();
        var run = Compress("--bits", "3", "--layout", layout, "--group-size", "64", "--quality", "fast");
        Assert.Equal((0, ""), (run.Status, run.Error));
        run = CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--verify");
        Assert.Equal((0, ""), (run.Status, run.Error));
        run = CommandRun.Of(DecompressCommand.Create(), In("p.safetensors"), "-o", In("back.safetensors"));
        Assert.Equal((0, ""), (run.Status, run.Error));

        using var dense = Checkpoint.Open(In("d.safetensors"));
        using var packed = PackedFile.Open(In("p.safetensors"));
        using var back = Checkpoint.Open(In("back.safetensors"));
        Assert.Equal(dense.Names.Order(), back.Names.Order());
        foreach (var (name, spec) in packed.Layers)
        {
            Assert.Equal(expected, spec.Format.Name);
            Assert.Equal(packed.ReadMatrix(name).Decode(), back.ReadSingles(name));
        }
    }

    [Theory]
    [InlineData(1, "128", "0", 0.65)]
    [InlineData(2, "32", "0", 0.36)]
    [InlineData(3, "0", "3", 0.22)]
    [InlineData(4, "0", "0", 0.13)]
    [InlineData(4, "8", "1", 0.13)]
    public void A_checkpoint_goes_into_few_bits_and_back(int bits, string group, string terms, double bar)
    {
        WriteDense();
        var run = Compress("--bits", $"{bits}", "--group-size", group, "--scale-terms", terms, "--seed", "5", "--threads", "2");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("3 weights coded", run.Output);

        run = CommandRun.Of(DecompressCommand.Create(), In("p.safetensors"), "-o", In("back.safetensors"));
        Assert.Equal((0, ""), (run.Status, run.Error));

        using var dense = Checkpoint.Open(In("d.safetensors"));
        using var packed = PackedFile.Open(In("p.safetensors"));
        using var back = Checkpoint.Open(In("back.safetensors"));
        Assert.Equal(dense.Names.Order(), back.Names.Order());
        Assert.Equal("kept", back.Metadata["note"]);
        Assert.DoesNotContain(back.Metadata.Keys, PackedKeys.ReservedKeys.Contains);
        foreach (var name in new[] { "conv.weight", "fc.weight", "half.weight" })
        {
            Assert.Equal(dense.Info(name).Shape.AsEnumerable(), back.Info(name).Shape);
            Assert.Equal(DType.F32, back.Info(name).DType);
            Assert.Equal(packed.ReadSingles(name), back.ReadSingles(name));
            Assert.InRange(RelativeError(dense.ReadSingles(name), back.ReadSingles(name)), 1e-3, bar);
        }

        foreach (var name in new[] { "fc.bias", "ids", "empty" })
        {
            Assert.Equal(dense.Info(name).Describe(), back.Info(name).Describe());
            Assert.Equal(dense.Bytes(name), back.Bytes(name));
        }
    }

    [Fact]
    public void The_file_depends_on_neither_threads_nor_seed()
    {
        WriteDense();
        Assert.Equal(0, Compress("--bits", "3", "--layout", "row", "--threads", "1", "--seed", "1").Status);
        var one = File.ReadAllBytes(In("p.safetensors"));
        Assert.Equal(0, Compress("--bits", "3", "--layout", "row", "--threads", "3", "--seed", "2").Status);

        Assert.Equal(one, File.ReadAllBytes(In("p.safetensors")));
    }

    [Fact]
    public void Include_and_exclude_choose_by_name()
    {
        WriteDense();
        Assert.Equal(0, Compress("--bits", "2", "--include", "weight$", "--exclude", "^conv").Status);
        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.Equal(["fc.weight", "half.weight"], packed.Layers.Keys);

        Assert.Matches(@"^[^\r\n]*d\.safetensors: error RPB0108: [^\r\n]*none of the 3 weights\r?\n$", Compress("--bits", "2", "--include", "bias").Error);
        Assert.Contains("error RPB0102: --include is no regular expression", Compress("--bits", "2", "--include", "(").Error);
    }

    [Fact]
    public void The_report_lists_each_layer_and_is_the_same_every_time()
    {
        WriteDense();
        Assert.Equal(0, Compress("--bits", "3", "--group-size", "16", "--report", In("r.json")).Status);
        var text = File.ReadAllText(In("r.json"));
        Assert.Equal(0, Compress("--bits", "3", "--group-size", "16", "--report", In("r.json")).Status);
        Assert.Equal(text, File.ReadAllText(In("r.json")));
        Assert.DoesNotContain(Folder, text);

        using var document = JsonDocument.Parse(text);
        var layer = document.RootElement.GetProperty("layers").EnumerateArray().Single(l => l.GetProperty("tensor").GetString() == "fc.weight");

        // 3 planes of 40 rows of 2 words, 40 rows of 4 groups of 3 scales.
        Assert.Equal(3 * 40 * 2 * 4 + 40 * 4 * 3 * 2, layer.GetProperty("storedBytes").GetInt64());
        Assert.Equal(40 * 50 * 4, layer.GetProperty("sourceBytes").GetInt64());
        Assert.Equal(("row", "default"), (layer.GetProperty("layout").GetString(), layer.GetProperty("options").GetProperty("quality").GetString()));
        Assert.False(layer.TryGetProperty("relativeOutputError", out _));
        using var dense = Checkpoint.Open(In("d.safetensors"));
        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.Equal(RelativeError(dense.ReadSingles("fc.weight"), packed.ReadSingles("fc.weight")), layer.GetProperty("relativeWeightError").GetDouble(), 2e-6);
        var totals = document.RootElement.GetProperty("totals");
        Assert.Equal(3, totals.GetProperty("layers").GetInt32());
        Assert.Equal(3, totals.GetProperty("copiedTensors").GetInt32());
    }

    [Theory]
    [InlineData("RPB0102: bits is 9; shiftadd takes 1 to 4", "--bits", "9")]
    [InlineData("RPB0102: bits is 0; shiftadd takes 1 to 4", "--bits", "0")]
    [InlineData("RPB0102: groupSize is -2; shiftadd takes multiples of 8 from 0 to 65536", "--bits", "2", "--group-size", "-2")]
    [InlineData("RPB0102: scaleTerms is 4; shiftadd takes 0 to 3", "--bits", "2", "--scale-terms", "4")]
    [InlineData("RPB0102: rounds is 101; shiftadd takes 0 to 100", "--bits", "2", "--rounds", "101")]
    [InlineData("RPB0102: sweeps is 101; shiftadd takes -1 to 100", "--bits", "2", "--sweeps", "101")]
    [InlineData("RPB0102: groupSize is 12; shiftadd takes multiples of 8 from 0 to 65536", "--bits", "2", "--layout", "block8", "--group-size", "12")]
    [InlineData("RPB0102: 2 of target-bits, target-size and max-output-error are given; a plan has one budget", "--target-bits", "3", "--target-size", "1MB")]
    [InlineData("RPB0102: target-bits is -1; it is a number above 0, with a point before its fraction", "--target-bits", "-1")]
    [InlineData("RPB0102: target-bits is 3,5; it is a number above 0, with a point before its fraction", "--target-bits", "3,5")]
    [InlineData("RPB0102: target-bits is 1,000.5; it is a number above 0, with a point before its fraction", "--target-bits", "1,000.5")]
    [InlineData("RPB0102: target-bits is NaN; it is a number above 0, with a point before its fraction", "--target-bits", "NaN")]
    [InlineData("RPB0102: max-output-error is 0,1; it is a number above 0, with a point before its fraction", "--max-output-error", "0,1")]
    [InlineData("RPB0102: max-output-error is Infinity; it is a number above 0, with a point before its fraction", "--max-output-error", "Infinity")]
    [InlineData("RPB0102: max-output-error is 1e999; it is a number above 0, with a point before its fraction", "--max-output-error", "1e999")]
    [InlineData("RPB0102: max-output-error is 0x1; it is a number above 0, with a point before its fraction", "--max-output-error", "0x1")]
    [InlineData("RPB0102: '1,5MB' is no size; a size is a number of bytes, or a number with KB, MB, GB, KiB, MiB or GiB", "--target-size", "1,5MB")]
    [InlineData("RPB0102: '5 apples' is no size; a size is a number of bytes, or a number with KB, MB, GB, KiB, MiB or GiB", "--target-size", "5 apples")]
    [InlineData("RPB0102: plan and a budget are given; a saved plan has its widths already", "--target-bits", "3", "--plan", "p.json")]
    [InlineData("RPB0132: the cost is divergence, and the calibration has none", "--target-bits", "3", "--cost", "divergence")]
    [InlineData("RPB0102: threads is -1; 0 takes all cores", "--bits", "2", "--threads", "-1")]
    public void A_value_out_of_range_is_one_line(string expected, params string[] arguments)
    {
        WriteDense();
        var run = Compress(arguments);
        Assert.Equal(1, run.Status);
        Assert.Equal($"{In("d.safetensors")}: error {expected}{Environment.NewLine}", run.Error);
        OnlyTheInputIsLeft();
    }

    [Theory]
    [InlineData("--bits", "3.0", "bits is 3.0; shiftadd takes a whole number, 1 to 4")]
    [InlineData("--bits", "1,0", "bits is 1,0; shiftadd takes a whole number, 1 to 4")]
    [InlineData("--threads", "0x2", "--threads is 0x2; it is a whole number")]
    [InlineData("--seed", "99999999999", "seed is 99999999999; shiftadd takes a whole number")]
    [InlineData("--sweeps", "two", "sweeps is two; shiftadd takes a whole number, -1 to 100")]
    [InlineData("--group-size", "", "groupSize is ; shiftadd takes a whole number, multiples of 8 from 0 to 65536")]
    [InlineData("--layout", "colum", "layout is 'colum' (did you mean column?); shiftadd takes row, column, block8, nested, codebook, auto")]
    public void What_has_another_form_is_told(string option, string value, string expected)
    {
        WriteDense();
        var run = Compress([.. option == "--bits" ? (string[])[] : ["--bits", "2"], option, value]);
        Assert.Equal(1, run.Status);
        Assert.Contains(expected, run.Error);
        OnlyTheInputIsLeft();
    }

    [Fact]
    public void A_calibration_of_other_layers_is_a_warning()
    {
        WriteDense();
        var writer = new SafetensorsWriter();
        writer.Add<float>("other.weight.inputs", [3, 5], Weights(15, 6));
        writer.Write(In("c.safetensors"));
        var run = Compress("--bits", "2", "--calibration", In("c.safetensors"));
        Assert.Equal(0, run.Status);
        Assert.Matches(@"^[^\r\n]*d\.safetensors: warning RPB0118: [^\r\n]*\r?\n$", run.Error);
    }

    [Theory]
    [InlineData("row")]
    [InlineData("nested")]
    [InlineData("auto")]
    public void A_budget_chooses_widths_and_its_plan_can_be_used_again(string layout)
    {
        WriteDense();
        var run = Compress("--group-size", "16", "--layout", layout, "--target-size", "1.9KB", "--report", In("r.report.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        var lines = run.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^  name +method +bits +layout +groupSize +bytes +cost$", lines[1]);
        Assert.Matches(@"^plan for 1,900 bytes by output: [\d.]+ bits a weight(, \d at \d bits)+$", lines[^2]);
        var first = File.ReadAllBytes(In("p.safetensors"));
        using (var packed = PackedFile.Open(In("p.safetensors")))
        {
            Assert.InRange(packed.Layers.Values.Sum(layer => layer.StoredBytes), 800, 1900);
            Assert.True(layout != "row" || packed.Layers.Values.Select(layer => ((PlanesSpec)layer).Bits).Distinct().Count() > 1);
        }

        using var report = JsonDocument.Parse(File.ReadAllText(In("r.report.json")));
        Assert.Equal(1900, report.RootElement.GetProperty("allocation").GetProperty("budget").GetProperty("targetBytes").GetInt64());
        Assert.Equal(0, Compress("--bits", "1", "--group-size", "16", "--layout", layout, "--plan", In("r.allocation.json")).Status);
        Assert.Equal(first, File.ReadAllBytes(In("p.safetensors")));
        Assert.Contains("r.allocation.json: error RPB0133: ", Compress("--plan", In("r.allocation.json"), "--exclude", "fc").Error);
    }

    [Theory]
    [InlineData("nested")]
    [InlineData("row", "--group-size", "128")]
    [InlineData("row", "--scale-terms", "2")]
    [InlineData("row", "--rounds", "3")]
    [InlineData("nested", "--group-size", "64", "--layout", "nested")]
    public void The_layout_is_nested_unless_something_else_is_asked_for(string expected, params string[] arguments)
    {
        WriteDense();
        var run = Compress(["--bits", "3", .. arguments]);
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains($", layout {expected.ToString().ToLowerInvariant()}, 3 tensors copied (2 with fewer than two dimensions, 1 of a type that cannot be coded)", run.Output);
        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.All(packed.Layers.Values, layer => Assert.Equal(expected, layer.Format.Name));
    }

    [Fact]
    public void The_report_says_what_auto_tried_and_why_the_rest_is_copied()
    {
        WriteDense();
        Assert.Contains(" by the lowest error, ", Compress("--bits", "3", "--layout", "auto", "--exclude", "half", "--report", In("r.json")).Output);
        using var document = JsonDocument.Parse(File.ReadAllText(In("r.json")));
        foreach (var layer in document.RootElement.GetProperty("layers").EnumerateArray())
        {
            Assert.Equal("auto", layer.GetProperty("options").GetProperty("layout").GetString());
            var tried = layer.GetProperty("tried").EnumerateArray().ToArray();
            Assert.Equal("row", tried[0].GetProperty("layout").GetString());
            var least = tried.Min(trial => trial.GetProperty("relativeError").GetDouble());
            Assert.Equal(layer.GetProperty("relativeWeightError").GetDouble(), tried.First(trial => trial.GetProperty("layout").GetString() == layer.GetProperty("layout").GetString()).GetProperty("relativeError").GetDouble(), 1e-6);
            Assert.InRange(layer.GetProperty("relativeWeightError").GetDouble(), least, 1);
        }

        Assert.Equal(
            [("empty", "fewDimensions"), ("fc.bias", "fewDimensions"), ("half.weight", "excluded"), ("ids", "type")],
            document.RootElement.GetProperty("copied").EnumerateArray().Select(tensor => (tensor.GetProperty("tensor").GetString()!, tensor.GetProperty("reason").GetString()!)).Order());
    }

    [Fact]
    public void Scales_of_a_quantised_checkpoint_are_copied_and_told()
    {
        var writer = new SafetensorsWriter();
        writer.Add("up.weight", DType.F8E4M3, [32, 64], new byte[32 * 64]);
        writer.Add<float>("up.weight_scale_inv", [4, 8], Weights(32, 1));
        writer.Add<float>("head.weight", [32, 64], Weights(32 * 64, 2));
        writer.Write(In("d.safetensors"));
        var run = Compress("--bits", "3");
        Assert.Equal(0, run.Status);
        Assert.Matches(@"^[^\r\n]*d\.safetensors: warning RPB0112: the checkpoint is quantised already: 1 weight is F8_E4M3; [^\r\n]*\r?\n$", run.Error);
        Assert.Contains("2 tensors copied (1 quantised already, 1 scales or zero points)", run.Output);
        using (var packed = PackedFile.Open(In("p.safetensors")))
        {
            Assert.Equal(["head.weight"], packed.Layers.Keys);
        }

        Assert.Equal(0, Compress("--bits", "3", "--include-all").Status);
        using var everything = PackedFile.Open(In("p.safetensors"));
        Assert.Equal(["head.weight", "up.weight_scale_inv"], everything.Layers.Keys);
    }

    [Fact]
    public void A_weight_that_would_grow_is_copied_and_the_file_can_be_read()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("lin.weight", [1, 64], Weights(64, 1));
        writer.Write(In("d.safetensors"));
        var run = Compress("--bits", "3", "--layout", "column", "--scale-terms", "2");
        Assert.Equal(0, run.Status);
        Assert.Matches(@"^[^\r\n]*d\.safetensors: warning RPB0109: tensor 'lin\.weight' is copied as it is: at 3 bits in the layout column it would take 408 bytes, and as F32 \[1, 64\] it takes 256\r?\n$", run.Error);
        Assert.Equal(0, CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--verify").Status);
        Assert.Equal(0, CommandRun.Of(DecompressCommand.Create(), In("p.safetensors"), "-o", In("back.safetensors")).Status);
        using var dense = Checkpoint.Open(In("d.safetensors"));
        using var back = Checkpoint.Open(In("back.safetensors"));
        Assert.Equal(dense.Bytes("lin.weight"), back.Bytes("lin.weight"));
    }

    [Fact]
    public void A_calibration_that_lacks_weights_names_them()
    {
        WriteDense();
        var writer = new SafetensorsWriter();
        writer.Add<float>("fc.weight.inputs", [3, 50], Weights(150, 6));
        writer.Write(In("c.safetensors"));
        var run = Compress("--bits", "2", "--calibration", In("c.safetensors"));
        Assert.Equal(0, run.Status);
        Assert.Matches(@"^[^\r\n]*d\.safetensors: warning RPB0111: [^\r\n]* lacks 2 of the 3 weights to code: 'conv\.weight', 'half\.weight'; they are coded without calibration\r?\n$", run.Error);
    }

    [Fact]
    public void An_outlier_that_a_layout_cannot_hold_changes_the_layout_and_is_told()
    {
        var weights = Weights(64 * 512, 1);
        weights[(4 * 512) + 7] = 25;
        var writer = new SafetensorsWriter();
        writer.Add<float>("w", [64, 512], weights);
        writer.Write(In("d.safetensors"));
        var run = Compress("--bits", "3", "--layout", "codebook", "--quality", "fast", "--report", In("r.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Matches(@"(?m)^tensor 'w': the weight at \[4, 7\] is \d+ standard deviations out; it is coded in the layout \w+, because in the layout codebook ", run.Output);
        using var document = JsonDocument.Parse(File.ReadAllText(In("r.json")));
        Assert.StartsWith("tensor 'w': ", document.RootElement.GetProperty("layers")[0].GetProperty("note").GetString());
        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.InRange(packed.ReadSingles("w")[(4 * 512) + 7], 12.5f, 37.5f);
    }

    [Fact]
    public void A_width_is_needed_unless_something_else_gives_it()
    {
        WriteDense();
        var run = Compress();
        Assert.Equal(1, run.Status);
        Assert.Contains("Option '--bits' is required.", run.Error);
        Assert.Equal(0, Compress("--max-output-error", "0.4", "--quiet").Status);
    }

    [Theory]
    [InlineData("Option '--bits' is required.")]
    [InlineData("The method 'shiftadd' has no option '--symmetric'; it has --bits,", "--bits", "3", "--symmetric")]
    [InlineData("'--damping'", "--bits", "3", "--damping", "0.1")]
    [InlineData("Argument 'unifrom' not recognized.", "--method", "unifrom", "--bits", "3")]
    [InlineData("Required argument missing for option: '--method'.", "--bits", "3", "--method")]
    [InlineData("Option '--method' expects a single argument but 2 were provided.", "--method", "uniform", "--method", "shiftadd", "--bits", "3")]
    public void The_method_decides_which_options_there_are_whether_it_is_named_or_not(string expected, params string[] arguments)
    {
        WriteDense();
        var run = CommandRun.Of(CompressCommand.Create(), [In("d.safetensors"), "-o", In("p.safetensors"), .. arguments]);
        Assert.Equal(1, run.Status);
        Assert.Contains(expected, run.Error);
        Assert.False(File.Exists(In("p.safetensors")));
    }

    [Theory]
    [InlineData("--bits has no effect: the budget chooses it for each weight", "--bits", "3", "--target-bits", "4")]
    [InlineData("--cost has no effect: there is no budget that it belongs to, such as --target-bits", "--bits", "3", "--cost", "divergence")]
    public void An_option_without_effect_is_told(string expected, params string[] arguments)
    {
        WriteDense();
        var run = Compress([.. arguments, "--quality", "fast"]);
        Assert.Equal((0, $"{In("d.safetensors")}: warning RPB0113: {expected}{Environment.NewLine}"), (run.Status, run.Error));
    }

    [Fact]
    public void Quiet_prints_nothing()
    {
        WriteDense();
        Assert.Equal(new CommandRun(0, "", ""), Compress("--bits", "2", "--quiet"));
    }

    [Fact]
    public void Help_names_every_option()
    {
        var help = CommandRun.Of(CompressCommand.Create(), "--help").Output;
        Assert.All(
            (string[])["--output", "--method <shiftadd", "--bits", "--layout <row|column|block8|nested|codebook|auto>", "--quality <fast|default|best>", "[shiftadd] Number of sign planes.", "default nested", "multiples of 8 from 0 to 65536; default 128", "--sweeps", "--no-act-order", "--no-compensate", "--calibration", "--target-bits", "--target-size", "--max-output-error", "--cost <criterion|divergence|output>", "--plan", "--group-size", "--scale-terms", "--rounds", "--seed", "--threads", "--include", "--exclude", "--include-all", "--report", "--quiet"],
            text => Assert.Contains(text, help));
    }

    [Fact]
    public void Interrupted_it_ends_with_130_and_leaves_nothing()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var writer = new SafetensorsWriter();
        writer.Add<float>("w", [2048, 4096], Weights(2048 * 4096, 3));
        writer.Write(In("d.safetensors"));
        using var process = ReparamProcess.Start("compress", In("d.safetensors"), "-o", In("p.safetensors"), "--bits", "3", "--layout", "codebook", "--quality", "best", "--threads", "1");
        ReparamProcess.WaitUntilBusy(process);
        ReparamProcess.Signal(process, "-INT");

        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        OnlyTheInputIsLeft();
    }
}
