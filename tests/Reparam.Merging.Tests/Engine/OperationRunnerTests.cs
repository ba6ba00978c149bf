using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Merging.Tests.Operations;

namespace Reparam.Merging.Tests.Engine;

/// <summary>What holds for every operation.</summary>
public sealed class OperationRunnerTests : IDisposable
{
    private readonly CheckpointFolder folder = new();

    static OperationRunnerTests() => CheckpointOperations.Register(typeof(SampleOperations).Assembly);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_operation_sees_every_element_of_every_block_once()
    {
        foreach (var size in Vectors.Sizes)
        {
            var (a, b) = (Vectors.Gaussian(size, 1), Vectors.Gaussian(size, 2));
            folder.Write("a", DType.F64, ("w", a));
            folder.Write("b", DType.F64, ("w", b));
            folder.Run("largest-value", ["a", "b"], null, "o", "scale=2");
            Assert.Equal(a.Zip(b, (x, y) => 2 * Math.Max(x, y)), folder.Values("o", "w"));
            folder.Run("first-whole", ["a", "b"], null, "o");
            Assert.Equal(a, folder.Values("o", "w"));
        }
    }

    [Fact]
    public void The_bytes_do_not_depend_on_threads_runs_and_folders()
    {
        using var other = new CheckpointFolder();
        foreach (var place in (CheckpointFolder[])[folder, other])
        {
            for (var i = 0; i < 3; i++)
            {
                place.Write($"m{i}.safetensors", DType.F32, ("w", Vectors.Gaussian(200_000, i, DType.F32)), ("b", Vectors.Gaussian(5, 10 + i, DType.F32)));
            }
        }

        byte[]? expected = null;
        foreach (var (place, threads) in ((CheckpointFolder, int)[])[(folder, 1), (folder, 2), (folder, 5), (other, 3), (other, 0)])
        {
            OperationRunner.Run(place.Request("noise", ["m1.safetensors", "m2.safetensors"], "m0.safetensors", "o") with { Threads = threads });
            expected ??= place.Bytes("o");
            Assert.Equal(expected, place.Bytes("o"));
        }
    }

    [Fact]
    public void All_differences_are_told_at_once_with_near_names()
    {
        folder.Write("a", writer =>
        {
            CheckpointFolder.Add(writer, "block.query.weight", DType.F32, [2, 3], Vectors.Gaussian(6, 1));
            CheckpointFolder.Add(writer, "block.bias", DType.F32, [3], Vectors.Gaussian(3, 1));
            writer.Add<int>("index", [2], new[] { 1, 2 });
            CheckpointFolder.Add(writer, "same", DType.F32, [1], [1]);
        });
        folder.Write("b", writer =>
        {
            CheckpointFolder.Add(writer, "block.qeury.weight", DType.F32, [2, 3], Vectors.Gaussian(6, 1));
            CheckpointFolder.Add(writer, "block.bias", DType.F32, [4], Vectors.Gaussian(4, 1));
            writer.Add<long>("index", [2], new[] { 1L, 2 });
            writer.Add<int>("same", [1], new[] { 1 });
        });

        var problems = CheckpointFolder.Problems(() => folder.Run("mean", ["a", "b"], null, "o"));
        Assert.All(problems, problem => Assert.Equal((folder.PathOf("b"), "RPB0172"), (problem.File, problem.Code)));
        Assert.Equal(
            [
                "found no tensor 'block.query.weight' (F32 [2, 3]), which a has (the nearest name is 'block.qeury.weight'); " +
                "--keep copies it, --skip leaves it out",
                "found the tensor 'block.qeury.weight' (F32 [2, 3]), which a does not have (the nearest name is 'block.query.weight'); " +
                "--keep takes it along, --skip leaves it out",
                "tensor 'block.bias': found F32 [4], expected F32 [3] as in a; --keep copies it, --skip leaves it out",
                "tensor 'index': found I64 [2], expected I32 [2] as in a; --keep copies it, --skip leaves it out",
                "tensor 'same': found I32 [1], expected F32 [1] as in a; --keep copies it, --skip leaves it out",
            ],
            problems.Select(problem => problem.Text).Order(StringComparer.Ordinal));
        Assert.Empty(folder.Others("a", "b"));
    }

    [Fact]
    public void Kept_tensors_are_copied_and_skipped_ones_left_out_whatever_they_are()
    {
        folder.Write("a", writer =>
        {
            CheckpointFolder.Add(writer, "w", DType.F32, [2], [1, 3]);
            CheckpointFolder.Add(writer, "head.weight", DType.F32, [2], [1, double.NaN]);
            CheckpointFolder.Add(writer, "old", DType.F32, [1], [5]);
        });
        folder.Write("b", writer =>
        {
            CheckpointFolder.Add(writer, "w", DType.F32, [2], [3, 5]);
            CheckpointFolder.Add(writer, "head.weight", DType.F16, [3], [1, 2, 3]);
            CheckpointFolder.Add(writer, "head.extra", DType.F32, [1], [7]);
        });

        var report = OperationRunner.Run(folder.Request("mean", ["a", "b"], null, "o") with { Keep = ["head.*", "nothing"], Skip = ["ol?"] });
        Assert.Equal([2, 4], folder.Values("o", "w"));
        Assert.Equal(folder.Bytes("a", "head.weight"), folder.Bytes("o", "head.weight"));
        Assert.Equal(folder.Bytes("b", "head.extra"), folder.Bytes("o", "head.extra"));
        Assert.Equal(["head.extra kept from b b", "head.weight kept a"], report.Copied.Select(tensor => $"{tensor.Name} {tensor.Reason} {tensor.File}"));
        Assert.Equal("w", Assert.Single(report.Merged));
        using var result = Checkpoint.Open(folder.PathOf("o"));
        Assert.False(result.Contains("old"));
        Assert.Equal("the pattern 'nothing' of keep matches no tensor", Assert.Single(report.Warnings).Text);
    }

    [Fact]
    public void Integers_must_be_the_same_and_derived_tensors_need_not()
    {
        void Write(string name, long steps, int index) => folder.Write(name, writer =>
        {
            CheckpointFolder.Add(writer, "w", DType.F32, [1], [steps]);
            writer.Add<long>("bn.num_batches_tracked", [], new[] { steps });
            writer.Add<int>("index", [2], new[] { 4, index });
        });
        Write("a", 2, 9);
        Write("b", 4, 9);
        Write("c", 6, 8);

        folder.Run("mean", ["a", "b"], null, "o");
        Assert.Equal(folder.Bytes("a", "bn.num_batches_tracked"), folder.Bytes("o", "bn.num_batches_tracked"));
        Assert.Equal(folder.Bytes("a", "index"), folder.Bytes("o", "index"));
        Assert.Equal([3], folder.Values("o", "w"));

        var problem = Assert.Single(CheckpointFolder.Problems(() => folder.Run("mean", ["a", "b", "c"], null, "o2")));
        Assert.Equal(
            (folder.PathOf("c"), "RPB0172",
                "tensor 'index' (I32 [2]): found other values than in a, expected the same, because only floats are merged; --keep index takes those of a"),
            (problem.File, problem.Code, problem.Text));
        OperationRunner.Run(folder.Request("mean", ["a", "b", "c"], null, "o2") with { Keep = ["index"] });
        Assert.Equal(folder.Bytes("a", "index"), folder.Bytes("o2", "index"));
    }

    [Fact]
    public void Mixed_types_are_merged_in_double_and_stored_as_the_first_or_as_asked()
    {
        folder.Write("a", DType.BF16, ("w", [1, 1.0078125]));
        folder.Write("b", DType.F64, ("w", [1 + 1e-9, 2]));
        folder.Write("c", DType.F16, ("w", [1, 3]));

        folder.Run("mean", ["a", "b", "c"], null, "o");
        using (var result = Checkpoint.Open(folder.PathOf("o")))
        {
            Assert.Equal(DType.BF16, result.Info("w").DType);
        }

        Assert.Equal([1, 2], folder.Values("o", "w"));
        OperationRunner.Run(folder.Request("mean", ["a", "b", "c"], null, "o") with { DType = DType.F64 });
        Vectors.Near([1 + (1e-9 / 3), 6.0078125 / 3], folder.Values("o", "w"), 1e-15);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_not_finite_is_told_and_nothing_is_written(double value)
    {
        folder.Write("a", DType.F32, ("w", Vectors.Gaussian(100_000, 1)));
        var values = Vectors.Gaussian(100_000, 2);
        values[70_001] = value;
        values[99_999] = value;
        folder.Write("b", DType.F32, ("w", values));
        folder.Write("o", DType.F32, ("old", [1]));

        foreach (var threads in (int[])[1, 4])
        {
            var problem =
                Assert.Single(CheckpointFolder.Problems(() => OperationRunner.Run(folder.Request("mean", ["a", "b"], null, "o") with { Threads = threads })));
            Assert.Equal((folder.PathOf("b"), "RPB0173"), (problem.File, problem.Code));
            Assert.StartsWith($"tensor 'w': found {value} at element 70001, expected a finite number", problem.Text);
        }

        Assert.Equal([1], folder.Values("o", "old"));
        Assert.Empty(folder.Others("a", "b", "o"));
    }

    [Fact]
    public void A_result_that_its_type_cannot_hold_is_told()
    {
        folder.Write("a", DType.F16, ("w", [1, 60000]));
        folder.Write("b", DType.F16, ("w", [2, 60000]));
        var problem = Assert.Single(CheckpointFolder.Problems(() => folder.Run("mean", ["a", "b"], null, "o", "normalize=false")));
        Assert.Equal((folder.PathOf("o"), "RPB0173"), (problem.File, problem.Code));
        Assert.Equal("tensor 'w': the merged value at element 1 is 120000, which F16 cannot hold; --dtype takes a wider type", problem.Text);

        OperationRunner.Run(folder.Request("mean", ["a", "b"], null, "o", "normalize=false") with { DType = DType.F32 });
        Assert.Equal([3, 120000], folder.Values("o", "w"));
    }

    [Fact]
    public void Tensors_with_two_names_stay_one_under_random_numbers()
    {
        var shared = Vectors.Gaussian(3000, 1, DType.F32);
        void Write(string name, double scale, double third) => folder.Write(name, DType.F32,
            ("head", [.. shared.Select(value => value * scale)]), ("embed", [.. shared.Select(value => value * scale)]),
                ("third", [.. shared.Select(value => value * third)]));
        Write("base", 1, 1);
        Write("a", 2, 2);
        Write("b", 3, 4);
        folder.Run("noise", ["a", "b"], "base", "o");
        Assert.Equal(folder.Bytes("o", "embed"), folder.Bytes("o", "head"));
        Assert.NotEqual(folder.Bytes("o", "embed"), folder.Bytes("o", "third"));
    }

    [Fact]
    public void The_metadata_say_what_the_result_was_made_from()
    {
        void Write(string name, string config, string kind) => folder.Write(name, writer =>
        {
            CheckpointFolder.Add(writer, "w", DType.F32, [1], [name.Length]);
            writer.SetMetadata("reparam.config", config);
            writer.SetMetadata("reparam.step", "7");
            writer.SetMetadata("format", "pt");
            writer.SetMetadata("kind", kind);
        });
        Write("a", "{}", "x");
        Write("bb", "{}", "y");
        Write("ccc", "{\"dim\":2}", "x");

        Assert.Empty(folder.Run("noise", ["a", "bb"], "a", "o", "Seed=9").Warnings);
        var metadata = folder.Metadata("o");
        Assert.Equal(["format", "reparam.config", "reparam.merge"], metadata.Keys);
        using var entry = JsonDocument.Parse(metadata["reparam.merge"]);
        var root = entry.RootElement;
        Assert.Equal((1, "noise", 9),
            (root.GetProperty("version").GetInt32(), root.GetProperty("method").GetString(), root.GetProperty("options").GetProperty("seed").GetInt64()));
        Assert.Equal(["a", "bb"], root.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("file").GetString()));
        using var source = Checkpoint.Open(folder.PathOf("a"));
        Assert.Equal(Checkpoint.ComputeHash(source), root.GetProperty("base").GetProperty("sha256").GetString());
        Assert.Equal(0, root.GetProperty("found").GetProperty("norm").GetDouble());
        Assert.Matches(@"^\d+\.\d+\.\d+$", root.GetProperty("tool").GetString()!);

        var warning = Assert.Single(folder.Run("mean", ["a", "ccc"], null, "o").Warnings);
        Assert.Equal((folder.PathOf("ccc"), "RPB0175"), (warning.File, warning.Code));
        Assert.False(folder.Metadata("o").ContainsKey("reparam.config"));
    }

    [Fact]
    public void Shards_are_read_and_written()
    {
        folder.Write("a.safetensors", DType.F32, ("x", Vectors.Gaussian(1000, 1, DType.F32)), ("y", Vectors.Gaussian(1000, 2, DType.F32)));
        folder.Write("b.safetensors", DType.F32, ("x", Vectors.Gaussian(1000, 3, DType.F32)), ("y", Vectors.Gaussian(1000, 4, DType.F32)));
        var report = OperationRunner.Run(folder.Request("mean", ["a.safetensors", "b.safetensors"], null, "s.safetensors") with { ShardBytes = 4000 });
        Assert.Equal(folder.PathOf("s.safetensors.index.json"), report.Written);
        folder.Run("mean", ["a.safetensors", "b.safetensors"], null, "o.safetensors");
        Assert.Equal(folder.Values("o.safetensors", "y"), folder.Values("s.safetensors.index.json", "y"));

        folder.Run("mean", ["s.safetensors.index.json", "o.safetensors"], null, "p.safetensors");
        Assert.Equal(folder.Values("o.safetensors", "x"), folder.Values("p.safetensors", "x"));
    }

    [Fact]
    public void A_foreign_format_is_imported_on_the_way()
    {
        // llama2.c: seven integers, then the tensors.
        int[] header = [4, 8, 1, 1, 1, 5, 2];
        using (var file = new BinaryWriter(File.Create(folder.PathOf("model.bin"))))
        {
            Array.ForEach(header, file.Write);
            var count = (5 * 4) + 4 + (4 * 4 * 4) + 4 + (3 * 8 * 4) + 4 + (2 * 2 * 2);
            Array.ForEach(Vectors.Gaussian(count, 1, DType.F32), value => file.Write((float)value));
        }

        folder.Run("mean", ["model.bin", "model.bin"], null, "o");
        Checkpoints.Import.CheckpointImporter.Import(folder.PathOf("model.bin"), folder.PathOf("model.safetensors"));
        using var expected = Checkpoint.Open(folder.PathOf("model.safetensors"));
        Assert.All(expected.Names, name => Assert.Equal(folder.Bytes("model.safetensors", name), folder.Bytes("o", name)));
        using var entry = JsonDocument.Parse(folder.Metadata("o")["reparam.merge"]);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(folder.Bytes("model.bin")));
        Assert.Equal(hash, entry.RootElement.GetProperty("inputs")[0].GetProperty("sha256").GetString());
    }

    [Fact]
    public void Packed_files_are_refused()
    {
        folder.Write("a", DType.F32, ("w", [1]));
        folder.Write("p", writer =>
        {
            CheckpointFolder.Add(writer, "w", DType.F32, [1], [1]);
            writer.SetMetadata("reparam.format", "1");
            writer.SetMetadata("reparam.layers", "{}");
        });
        var problem = Assert.Single(CheckpointFolder.Problems(() => folder.Run("mean", ["a", "p"], null, "o")));
        Assert.Equal((folder.PathOf("p"), "RPB0174"), (problem.File, problem.Code));
    }

    [Fact]
    public void All_that_is_wrong_with_the_options_is_told()
    {
        folder.Write("a", DType.F32, ("w", [1]));
        var problems = CheckpointFolder.Problems(() => OperationRunner.Run(
            folder.Request("noise", ["a"], null, "o", "sed=1", "seed=x") with { DType = DType.I32, Threads = -1 }));
        Assert.All(problems, problem => Assert.Equal((folder.PathOf("a"), "RPB0171"), (problem.File, problem.Code)));
        Assert.Equal(
            [
                "noise has 1 inputs; it needs 2 beside the base",
                "noise needs a base, the checkpoint that the inputs were trained from",
                "dtype is I32; it is F64, F32, F16 or BF16",
                "threads is -1; it is 0 for one a core, or a number above 0",
                "noise has no option 'sed' (did you mean seed?); it has seed",
                "seed is 'x'; it is a whole number",
            ],
            problems.Select(problem => problem.Text));
        Assert.Equal("mean takes no base", Assert.Single(CheckpointFolder.Problems(() => folder.Run("mean", ["a"], "a", "o"))).Text);
        var unknown = Assert.Single(CheckpointFolder.Problems(() => folder.Run("meen", ["a"], null, "o")));
        Assert.Equal("RPB0170", unknown.Code);
        Assert.StartsWith("there is no method 'meen' (did you mean mean?); known: ", unknown.Text);
    }

    [Fact]
    public void The_output_is_no_input_and_a_cancelled_run_leaves_nothing()
    {
        folder.Write("a", DType.F32, ("w", Vectors.Gaussian(100_000, 1)), ("v", Vectors.Gaussian(10, 1)));
        Assert.Equal(CheckpointRule.Distinct, Assert.Throws<CheckpointException>(() => folder.Run("mean", ["a"], null, "a")).Rule);

        using var cancellation = new CancellationTokenSource();
        var progress = new Cancelling(cancellation);
        Assert.ThrowsAny<OperationCanceledException>(() => OperationRunner.Run(folder.Request("mean", ["a"], null, "o"), progress, cancellation.Token));
        Assert.Empty(folder.Others("a"));
    }

    [Fact]
    public void An_input_that_changes_meanwhile_is_told()
    {
        folder.Write("a", DType.F32, ("w", [1]));
        var request = folder.Request("mean", ["a"], null, "o");
        var later = new Changing(() => File.AppendAllText(folder.PathOf("a"), "x"));
        Assert.Throws<CheckpointException>(() => OperationRunner.Run(request, later));
        Assert.Empty(folder.Others("a"));
    }

    [Fact]
    public void A_check_writes_nothing()
    {
        folder.Write("a", DType.F32, ("w", [1, 2]));
        var report = OperationRunner.Check(folder.Request("mean", ["a", "a"], null, "o"));
        Assert.Equal((null, 2, 2L), (report.Written, report.Inputs, report.Elements));
        Assert.Equal("[0.5,0.5]", report.Found["weights"]);
        Assert.Empty(folder.Others("a"));
    }

    private sealed class Cancelling(CancellationTokenSource cancellation) : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value) => cancellation.Cancel();
    }

    private sealed class Changing(Action change) : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value) => change();
    }
}
