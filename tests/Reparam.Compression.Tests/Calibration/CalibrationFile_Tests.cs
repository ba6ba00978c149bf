using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CsCheck;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.Tests.ShiftAdd;

namespace Reparam.Compression.Tests.Calibration;

/// <summary>Writing, reading, merging and refusing calibration files.</summary>
public sealed class CalibrationFile_Tests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_and_layers_with_one_input_share_one_tensor()
    {
        var gram = RandomGram(3, 40, 1);
        var target = new float[] { 1, 2, 3, 4, 5, 6 };
        var writer = new CalibrationWriter { SourceHash = "ab", Sensitivity = "{}", Settings = """{"a":1}""" };
        writer.Add(["b.weight", "a.weight"], gram);
        writer.Add(["c.weight"], RandomGram(2, 7, 2));
        writer.AddTarget("b.weight", target);
        writer.Write(folder.File("c.safetensors"));

        using var file = CalibrationFile.Open(folder.File("c.safetensors"));
        var a = file.Find("a.weight", 4, 3)!;
        var b = file.Find("b.weight", 2, 3)!;
        Assert.Equal(["a.weight", "b.weight", "c.weight"], file.Layers.Keys);
        Assert.Same(a.Gram, b.Gram);
        Assert.Equal(gram.Values.ToArray(), a.Gram.Values.ToArray());
        Assert.Equal((3, 40), (a.Gram.Columns, a.Gram.Tokens));
        Assert.Null(a.Target);
        Assert.Equal(target, b.Target!.Value.ToArray());
        Assert.Equal(7, file.Find("c.weight", 1, 2)!.Gram.Tokens);
        Assert.Null(file.Find("d.weight", 1, 2));
        Assert.Equal(("ab", "{}", """{"a":1}"""), (file.SourceHash, file.Sensitivity, file.Settings));
        Assert.False(file.HoldsInputs);
        using var plain = SafetensorsFile.Open(folder.File("c.safetensors"));
        Assert.Equal(["a.weight.gram", "b.weight.target", "c.weight.gram"], plain.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_the_calls_and_a_copy_is_the_same_file()
    {
        var (shared, own) = (RandomGram(5, 9, 1), RandomGram(4, 3, 2));
        var one = new CalibrationWriter();
        one.Add(["q", "k"], shared);
        one.Add(["o"], own);
        one.AddTarget("o", new float[8]);
        one.AddTarget("k", new float[5]);
        one.Write(folder.File("1"));
        var two = new CalibrationWriter();
        two.Add(["o"], own);
        two.Add(["k", "q"], shared);
        two.AddTarget("k", new float[5]);
        two.AddTarget("o", new float[8]);
        two.Write(folder.File("2"));
        using (var file = CalibrationFile.Open(folder.File("1")))
        {
            CalibrationWriter.Of(file).Write(folder.File("3"));
        }

        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")));
        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("3")));
    }

    [Fact]
    public void Merging_the_parts_of_a_recording_gives_the_whole()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 40], Gen.Int[0, 1 << 20], Gen.Int[-15, 15]).Sample((first, second, columns, seed, exponent) =>
        {
            var inputs = RandomMatrix.HeavyTailed(first + second, columns, seed, Math.ScaleB(1, exponent));
            var split = first * columns;
            using var whole = Raw("whole", inputs, columns);
            using var left = Raw("left", inputs[..split], columns);
            using var right = Raw("right", inputs[split..], columns);
            CalibrationMerge.Merge([left, right]).Write(folder.File("merged"));
            using var merged = CalibrationFile.Open(folder.File("merged"));
            var expected = whole.Find("w", 1, columns)!.Gram;
            var found = merged.Find("w", 1, columns)!.Gram;

            Assert.Equal(first + second, found.Tokens);
            for (var i = 0; i < columns; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    // Three roundings to float, each of an element that is at most √(Hii·Hjj).
                    var scale = Math.Sqrt((double)expected.Values.Span[i * (columns + 1)] * expected.Values.Span[j * (columns + 1)]);
                    Assert.InRange(Math.Abs((double)found.Values.Span[(i * columns) + j] - expected.Values.Span[(i * columns) + j]), 0, 2e-7 * scale);
                }
            }
        }, iter: 25, threads: 1);
    }

    [Fact]
    public void Merging_weights_by_tokens_and_keeps_what_only_one_recording_knows()
    {
        var one = new CalibrationWriter { SourceHash = "s", Sensitivity = "1" };
        one.Add(["q", "k"], new Gram(1, new float[] { 2 }, 3));
        one.Add(["only"], new Gram(1, new float[] { 5 }, 2));
        one.Write(folder.File("1"));
        var two = new CalibrationWriter { SourceHash = "s", Settings = "2" };
        two.Add(["k", "q"], new Gram(1, new float[] { 6 }, 1));
        two.Add(["other"], new Gram(1, new float[] { 7 }, 4));
        two.Write(folder.File("2"));

        using var merged = Merged(anySource: false, "1", "2");

        Assert.Equal(["k", "only", "other", "q"], merged.Layers.Keys);
        Assert.Equal(3f, merged.Find("q", 1, 1)!.Gram.Values.Span[0]);
        Assert.Equal(4, merged.Layers["q"].Tokens);
        Assert.Equal(merged.Layers["k"].Gram, merged.Layers["q"].Gram);
        Assert.Equal((5f, 7f), (merged.Find("only", 1, 1)!.Gram.Values.Span[0], merged.Find("other", 1, 1)!.Gram.Values.Span[0]));
        Assert.Equal(("s", "1", "2"), (merged.SourceHash, merged.Sensitivity, merged.Settings));
    }

    [Fact]
    public void Recordings_of_different_weights_are_merged_only_when_told()
    {
        foreach (var (name, source) in new[] { ("1", "s"), ("2", "t") })
        {
            var writer = new CalibrationWriter { SourceHash = source };
            writer.Add(["w"], new Gram(1, new float[] { 2 }, 3));
            writer.Write(folder.File(name));
        }

        Assert.Contains("other weights", Assert.Throws<CheckpointException>(() => Merged(anySource: false, "1", "2")).Message);
        using var merged = Merged(anySource: true, "1", "2");
        Assert.Null(merged.SourceHash);
        Assert.Equal(6, merged.Layers["w"].Tokens);
    }

    [Fact]
    public void Recordings_that_do_not_fit_each_other_are_refused()
    {
        var one = new CalibrationWriter();
        one.Add(["w"], new Gram(1, new float[] { 2 }, 3));
        one.Write(folder.File("1"));
        var two = new CalibrationWriter();
        two.Add(["w"], RandomGram(2, 5, 1));
        two.Write(folder.File("2"));
        var targets = new CalibrationWriter();
        targets.Add(["w"], new Gram(1, new float[] { 2 }, 3));
        targets.AddTarget("w", new float[4]);
        targets.Write(folder.File("3"));
        var endless = new CalibrationWriter();
        endless.Add(["w"], new Gram(1, new float[] { 2 }, long.MaxValue));
        endless.Write(folder.File("4"));

        Assert.Contains("2 columns", Assert.Throws<CheckpointException>(() => Merged(anySource: false, "1", "2")).Message);
        Assert.Contains("target", Assert.Throws<CheckpointException>(() => Merged(anySource: false, "1", "3")).Message);
        Assert.Contains("found 9223372036854775810 tokens in all", Assert.Throws<CheckpointException>(() => Merged(anySource: false, "1", "4")).Message);
    }

    [Fact]
    public void The_writer_refuses_what_it_cannot_keep()
    {
        var writer = new CalibrationWriter();
        Assert.Throws<InvalidOperationException>(() => writer.Write(folder.File("none")));
        writer.Add(["w"], RandomGram(2, 5, 1));
        Assert.Throws<ArgumentException>(() => writer.Add(["w"], RandomGram(2, 5, 1)));
        Assert.Throws<ArgumentException>(() => writer.Add([], RandomGram(2, 5, 1)));
        Assert.Throws<ArgumentException>(() => writer.AddTarget("v", new float[2]));
        Assert.Throws<ArgumentException>(() => writer.AddTarget("w", new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add(["v"], new Gram(2, new float[4], 0)));
    }

    [Fact]
    public void A_failing_write_leaves_the_old_file_and_nothing_else()
    {
        var good = new CalibrationWriter();
        good.Add(["w"], RandomGram(2, 5, 1));
        good.Write(folder.File("c"));
        var before = File.ReadAllBytes(folder.File("c"));
        var bad = new CalibrationWriter();
        bad.Add(["w"], 2, 5, () => throw new InvalidOperationException("no matrix"));

        Assert.Throws<InvalidOperationException>(() => bad.Write(folder.File("c")));
        Assert.Equal(before, File.ReadAllBytes(folder.File("c")));
        Assert.Equal(["c"], folder.Names);
    }

    [Theory]
    [InlineData(float.NaN, 1, 1, 2, "[0, 1]", "finite")]
    [InlineData(float.PositiveInfinity, 1, 1, 2, "[0, 1]", "finite")]
    [InlineData(1, 0.9f, 1, 2, "[1, 0]", "symmetric")]
    [InlineData(0, 0, -1, 2, "[0, 0]", "negative")]
    public void Values_that_are_no_second_moments_are_refused(float upper, float lower, float first, float second, string place, string expected)
    {
        using var file = Stored(new float[] { first, upper, lower, second });

        var refused = Assert.Throws<CheckpointException>(() => file.Find("w", 1, 2));

        Assert.Equal(("w.gram", CheckpointRule.Calibration), (refused.Tensor, refused.Rule));
        Assert.Contains(place, refused.Detail);
        Assert.Contains(expected, refused.Detail);
    }

    [Fact]
    public void Halves_that_differ_by_rounding_become_one()
    {
        using var file = Stored(new float[] { 1, 0.5f, 0.50001f, 2 });

        var gram = file.Find("w", 1, 2)!.Gram.Values.ToArray();

        Assert.Equal(gram[1], gram[2]);
        Assert.InRange(gram[1], 0.5f, 0.50001f);
    }

    [Fact]
    public void A_layer_of_another_shape_is_refused()
    {
        var writer = new CalibrationWriter();
        writer.Add(["w"], RandomGram(2, 5, 1));
        writer.AddTarget("w", new float[6]);
        writer.Write(folder.File("c"));
        using var file = CalibrationFile.Open(folder.File("c"));

        Assert.Contains("expected [3, 3] for the weight 'w' [3, 3]", Assert.Throws<CheckpointException>(() => file.Find("w", 3, 3)).Detail);
        Assert.Contains("expected [4, 2], the shape of the weight 'w'", Assert.Throws<CheckpointException>(() => file.Find("w", 4, 2)).Detail);
        Assert.Equal(6, file.Find("w", 3, 2)!.Target!.Value.Length);
    }

    [Theory]
    [InlineData("2", "{}", "version '2'")]
    [InlineData("1", "{}", "found no layer in 'reparam.calibration.layers', expected one at least")]
    [InlineData("1", null, "no metadata entry")]
    [InlineData("1", "[]", "not a JSON object")]
    [InlineData("1", "null", "not a JSON object")]
    [InlineData("1", """{"w":{"gram":"w.gram"}}""", "not a JSON object")]
    [InlineData("1", """{"w":{"gram":"w.gram","tokens":1,"other":2}}""", "not a JSON object")]
    [InlineData("1", """{"w":{"gram":"w.gram","tokens":1},"w":{"gram":"w.gram","tokens":1}}""", "not a JSON object")]
    [InlineData("1", """{"w":null}""", "'w'")]
    [InlineData("1", """{"w":{"gram":"w.gram","tokens":0}}""", "found 0 tokens")]
    [InlineData("1", """{"w":{"gram":"none","tokens":1}}""", "found no such tensor")]
    [InlineData("1", """{"w":{"gram":"rows","tokens":1}}""", "found F32 [1, 2]")]
    [InlineData("1", """{"w":{"gram":"w.gram","tokens":1,"target":"none"}}""", "target 'none': found no such tensor")]
    [InlineData("1", """{"w":{"gram":"w.gram","tokens":1,"target":"wide"}}""", "expected F32 [rows, 2]")]
    public void Broken_metadata_is_one_clear_error(string version, string? layers, string expected)
    {
        var writer = new SafetensorsWriter();
        writer.SetMetadata(CalibrationFormat.VersionKey, version);
        if (layers is not null)
        {
            writer.SetMetadata(CalibrationFormat.LayersKey, layers);
        }

        writer.Add<float>("w.gram", [2, 2], new float[4]);
        writer.Add<float>("rows", [1, 2], new float[2]);
        writer.Add<float>("wide", [1, 3], new float[3]);
        writer.Write(folder.File("c"));

        var refused = Assert.Throws<CheckpointException>(() => CalibrationFile.Open(folder.File("c")));

        Assert.Equal(CheckpointRule.Calibration, refused.Rule);
        Assert.Contains(expected, refused.Detail);
    }

    [Fact]
    public void A_checkpoint_of_other_weights_or_names_is_a_warning()
    {
        using var trained = Checkpoint("trained", DType.F32, "w", 1, 2);
        using var half = Checkpoint("half", DType.F16, "w", 1, 2);
        using var tuned = Checkpoint("tuned", DType.F32, "w", 1, 2.5f);
        using var foreign = Checkpoint("foreign", DType.F32, "v", 1, 2);
        var writer = new CalibrationWriter { SourceHash = WeightHash.Compute(trained) };
        writer.Add(["w"], RandomGram(2, 5, 1));
        writer.Write(folder.File("c"));
        using var file = CalibrationFile.Open(folder.File("c"));

        Assert.Empty(file.Check(trained));
        Assert.Empty(file.Check(half));
        Assert.Equal("RPB0117", Assert.Single(file.Check(tuned)).Diagnostic.Id);
        Assert.Equal("RPB0118", Assert.Single(file.Check(foreign)).Diagnostic.Id);
    }

    [Fact]
    public void Weights_to_code_that_are_not_in_the_file_are_named()
    {
        using var checkpoint = Weights(("a.weight", 3), ("b.weight", 3), ("embed.weight", 3), ("table.weight", 3));
        var writer = new CalibrationWriter();
        writer.Add(["a"], RandomGram(3, 5, 1));
        writer.Add(["old.weight"], RandomGram(3, 5, 2));
        writer.Write(folder.File("c"));
        using var file = CalibrationFile.Open(folder.File("c"));
        var options = new ShiftAddAttribute(3);
        ImmutableArray<LayerPlan> layers = [new("a.weight", options), new("b.weight", options), new("embed.weight", options) { IsLookedUp = true }, new("table.weight", options)];

        var warning = Assert.Single(file.Check(checkpoint, layers));
        Assert.Equal("RPB0111", warning.Diagnostic.Id);
        Assert.EndsWith("lacks 2 of the 4 weights to code: 'b.weight', 'table.weight'; they are coded without calibration. 1 layers of the file are no tensor of the checkpoint: 'old.weight'", warning.Text);
        Assert.Empty(file.Check(checkpoint, [layers[0], layers[2]]));
    }

    [Fact]
    public void Weights_of_other_widths_are_told_before_any_is_coded()
    {
        using var checkpoint = Weights(("a.weight", 3), ("b.weight", 4), ("c.weight", 5), ("d.weight", 3));
        var writer = new CalibrationWriter();
        writer.Add(["a.weight", "b.weight", "c.weight"], RandomGram(3, 5, 1));
        writer.Add(["d.weight"], RandomGram(3, 5, 1));
        writer.AddTarget("d.weight", new float[6]);
        writer.Write(folder.File("c"));
        using var file = CalibrationFile.Open(folder.File("c"));
        ImmutableArray<LayerPlan> layers = [.. checkpoint.Names.Order(StringComparer.Ordinal).Select(name => new LayerPlan(name, new ShiftAddAttribute(3)))];

        var refused = Assert.Throws<CheckpointException>(() => file.Check(checkpoint, layers));
        Assert.Equal(CheckpointRule.Calibration, refused.Rule);
        Assert.Contains("found F32 [3, 3], expected [4, 4] for the weight 'b.weight' [1, 4]; 2 other layers do not fit: 'c.weight', 'd.weight'", refused.Detail);
    }

    private SafetensorsFile Weights(params (string Name, int Columns)[] weights)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, columns) in weights)
        {
            writer.Add<float>(name, [1, columns], new float[columns]);
        }

        writer.Write(folder.File("weights"));
        return SafetensorsFile.Open(folder.File("weights"));
    }

    private SafetensorsFile Checkpoint(string name, DType dtype, string tensor, params float[] values)
    {
        var bytes = new byte[values.Length * dtype.BitSize() / 8];
        ElementConversion.FromSingles(dtype, values, bytes);
        var writer = new SafetensorsWriter();
        writer.Add(tensor, dtype, [1, values.Length], bytes);
        writer.Add<int>("counter", [1], new[] { name.Length });
        writer.Write(folder.File(name));
        return SafetensorsFile.Open(folder.File(name));
    }

    private CalibrationFile Merged(bool anySource, params string[] names)
    {
        var files = names.Select(name => CalibrationFile.Open(folder.File(name))).ToArray();
        try
        {
            CalibrationMerge.Merge(files, anySource).Write(folder.File("merged"));
            return CalibrationFile.Open(folder.File("merged"));
        }
        finally
        {
            Array.ForEach(files, file => file.Dispose());
        }
    }

    private CalibrationFile Stored(float[] gram)
    {
        var writer = new SafetensorsWriter();
        writer.SetMetadata(CalibrationFormat.VersionKey, CalibrationFormat.Version);
        writer.SetMetadata(CalibrationFormat.LayersKey, """{"w":{"gram":"w.gram","tokens":1}}""");
        writer.Add<float>("w.gram", [2, 2], gram);
        writer.Write(folder.File("stored"));
        return CalibrationFile.Open(folder.File("stored"));
    }

    private CalibrationFile Raw(string name, float[] inputs, int columns)
    {
        var writer = new SafetensorsWriter();
        writer.Add("w.inputs", DType.F32, [inputs.Length / columns, columns], MemoryMarshal.AsBytes<float>(inputs).ToArray());
        writer.Write(folder.File(name));
        return CalibrationFile.Open(folder.File(name));
    }

    private static Gram RandomGram(int columns, int tokens, int seed)
    {
        var inputs = RandomMatrix.Gaussian(tokens, columns, seed, scale: 1);
        var gram = new float[columns * columns];
        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                gram[(i * columns) + j] = (float)(Enumerable.Range(0, tokens).Sum(t => (double)inputs[(t * columns) + i] * inputs[(t * columns) + j]) / tokens);
            }
        }

        return new Gram(columns, gram, tokens);
    }
}
