using System.Buffers.Binary;
using Reparam.Checkpoints.Import;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>The legacy llama2.c format, on files whose values count upwards from 0.</summary>
public sealed class Llama2cImport : IDisposable
{
    // dim, hidden, layers, heads, key-value heads, vocabulary, sequence: head width 4, key-value width 4.
    private static readonly int[] Sizes = [8, 6, 2, 2, 1, 5, 3];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_tensor_stands_under_the_models_name_with_the_files_values(bool shared)
    {
        File.WriteAllBytes(folder.File("m.bin"), Build(shared));
        var reports = new List<ImportProgress>();
        var summary = CheckpointImporter.Import(folder.File("m.bin"), folder.File("m.safetensors"), progress: new Reporter(reports));
        using var checkpoint = Checkpoint.Open(folder.File("m.safetensors"));

        var next = 0;
        void Expect(string name, params long[] shape)
        {
            Assert.Equal(shape, checkpoint.Info(name).Shape.ToArray());
            var count = (int)shape.Aggregate(1L, (product, dimension) => product * dimension);
            Assert.Equal(Enumerable.Range(next, count).Select(value => (float)value), checkpoint.ReadSingles(name));
            next += count;
        }

        Expect("tok_embeddings.weight", 5, 8);
        foreach (var (name, shape) in ((string, long[])[])
            [
                ("attention_norm", [8]), ("attention.wq", [8, 8]), ("attention.wk", [4, 8]), ("attention.wv", [4, 8]), ("attention.wo", [8, 8]), ("ffn_norm", [8]),
                ("feed_forward.w1", [6, 8]), ("feed_forward.w2", [8, 6]), ("feed_forward.w3", [6, 8]),
            ])
        {
            Expect($"layers.0.{name}.weight", shape);
            Expect($"layers.1.{name}.weight", shape);
        }

        Expect("norm.weight", 8);
        next += 2 * 3 * 2;
        if (!shared)
        {
            Expect("output.weight", 5, 8);
        }

        Assert.Equal(shared ? 20 : 21, checkpoint.Names.Count);
        Assert.Equal(summary.Tensors, checkpoint.Names.Count);
        Assert.Equal(ImportFormat.Llama2c, summary.Format);
        Assert.Equal(Enumerable.Range(1, summary.Tensors), reports.Select(report => report.Done));
        Assert.Equal(
            """{"dim":8,"hidden_dim":6,"layers":2,"heads":2,"key_value_heads":1,"vocabulary_size":5,"max_sequence_length":3}""",
            checkpoint.Metadata["reparam.config"]);
    }

    [Fact]
    public void Every_truncation_and_a_byte_too_many_are_refused_and_leave_no_file()
    {
        var whole = Build(shared: true);
        foreach (var length in Enumerable.Range(0, 60).Concat([whole.Length - 4, whole.Length - 1]))
        {
            File.WriteAllBytes(folder.File("m.bin"), whole[..length]);
            Refused();
        }

        File.WriteAllBytes(folder.File("m.bin"), [.. whole, 0]);
        Assert.Contains($"{whole.Length + 1} bytes, expected {whole.Length}", Refused().Message);
        Assert.Equal(["m.bin"], folder.Names());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, -8)]
    [InlineData(0, 7)]
    [InlineData(1, int.MaxValue)]
    [InlineData(2, 16777216)]
    [InlineData(3, 3)]
    [InlineData(3, 8)]
    [InlineData(4, 3)]
    [InlineData(5, 0)]
    [InlineData(5, int.MinValue)]
    [InlineData(6, 0)]
    [InlineData(6, 16777217)]
    public void Sizes_that_no_model_can_have_are_refused(int place, int value)
    {
        var bytes = Build(shared: true);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place * 4), value);
        File.WriteAllBytes(folder.File("m.bin"), bytes);
        Assert.Equal(CheckpointRule.Import, Refused(ImportFormat.Llama2c).Rule);
        Assert.Equal(CheckpointRule.Import, Refused().Rule);
    }

    [Fact]
    public void A_newer_version_is_refused_by_name()
    {
        var bytes = Build(shared: true);
        "24ka"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), 2);
        File.WriteAllBytes(folder.File("m.bin"), bytes);
        Assert.Contains("format version 2", Refused().Message);
    }

    [Fact]
    public void A_safetensors_file_needs_no_import()
    {
        File.WriteAllBytes(folder.File("m.bin"), RawSafetensors.Build("{}                            ", 0));
        Assert.Contains("safetensors", Refused().Message);
    }

    [Fact]
    public void A_prefix_is_taken_off_and_must_leave_names_apart()
    {
        File.WriteAllBytes(folder.File("m.bin"), Build(shared: true));
        CheckpointImporter.Import(folder.File("m.bin"), folder.File("m.safetensors"), new ImportOptions { StripPrefix = "layers." });
        using var checkpoint = Checkpoint.Open(folder.File("m.safetensors"));
        Assert.True(checkpoint.Contains("0.ffn_norm.weight"));
        Assert.True(checkpoint.Contains("norm.weight"));
        var clash = Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(folder.File("m.bin"), folder.File("n.safetensors"), new ImportOptions { StripPrefix = "layers.0.ffn_" }));
        Assert.Equal(CheckpointRule.UniqueName, clash.Rule);
    }

    [Fact]
    public void A_cancelled_import_leaves_no_file()
    {
        File.WriteAllBytes(folder.File("m.bin"), Build(shared: true));
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => CheckpointImporter.Import(
            folder.File("m.bin"), folder.File("m.safetensors"), progress: new Canceller(cancellation), cancellationToken: cancellation.Token));
        Assert.Equal(["m.bin"], folder.Names());
    }

    private static byte[] Build(bool shared)
    {
        var floats = 5 * 8 + 2 * (8 + 64 + 32 + 32 + 64 + 8 + 3 * 48) + 8 + 2 * 3 * 2 + (shared ? 0 : 5 * 8);
        var bytes = new byte[28 + 4 * floats];
        for (var i = 0; i < 7; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), i == 5 && !shared ? -Sizes[i] : Sizes[i]);
        }

        for (var i = 0; i < floats; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(28 + i * 4), i);
        }

        return bytes;
    }

    private CheckpointException Refused(ImportFormat format = ImportFormat.Auto) =>
        Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(folder.File("m.bin"), folder.File("m.safetensors"), new ImportOptions { Format = format }));

    private sealed class Reporter(List<ImportProgress> reports) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => reports.Add(value);
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => source.Cancel();
    }
}
