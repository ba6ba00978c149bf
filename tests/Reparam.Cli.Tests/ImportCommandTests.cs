using System.Buffers.Binary;
using Reparam.Checkpoints;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam import</c>: exit status, lines, files.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("auto")]
    [InlineData("llama2c")]
    public void A_model_is_converted(string format)
    {
        // dim 2, hidden 1, one layer of one head, 3 tokens, sequence 1.
        File.WriteAllBytes(In("m.bin"), Model());
        var run = CommandRun.Of(ImportCommand.Create(), In("m.bin"), "-o", In("m.safetensors"), "--format", format);
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("11 tensors, 34 values (llama2c)", run.Output);
        Assert.Contains("rotary", run.Output);
        using var checkpoint = Checkpoint.Open(In("m.safetensors"));
        Assert.Equal(11, checkpoint.Names.Count);
    }

    [Fact]
    public void A_truncated_model_gives_one_canonical_error_and_no_file()
    {
        File.WriteAllBytes(In("m.bin"), Model()[..^1]);
        var run = CommandRun.Of(ImportCommand.Create(), In("m.bin"), "-o", In("m.safetensors"));
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*m\.bin: error RPB0120: found a file of \d+ bytes, expected \d+ [^\r\n]*\[Import\]\r?\n$", run.Error);
        Assert.Equal([In("m.bin")], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_place_that_cannot_be_written_gives_its_own_code()
    {
        File.WriteAllBytes(In("m.bin"), Model());
        var run = CommandRun.Of(ImportCommand.Create(), In("m.bin"), "-o", In("m.bin/m.safetensors"));
        Assert.Equal(1, run.Status);
        Assert.Contains("error RPB0121: ", run.Error);
    }

    [Fact]
    public void A_model_is_not_imported_into_itself()
    {
        File.WriteAllBytes(In("m.bin"), Model());
        Assert.Contains("error RPB0122: ", CommandRun.Of(ImportCommand.Create(), In("m.bin"), "-o", In("m.bin")).Error);
        Assert.Equal(Model(), File.ReadAllBytes(In("m.bin")));
    }

    [Fact]
    public void What_is_skipped_and_what_a_pattern_misses_is_told()
    {
        File.WriteAllBytes(In("m.bin"), Model());
        var run = CommandRun.Of(ImportCommand.Create(), In("m.bin"), "-o", In("m.safetensors"), "--skip", "layers.*.w?.*", "--skip", "typo", "--skip", "norm.weight");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("left out: 'norm.weight' (F32 [2]), as --skip says", run.Output);
        Assert.Contains("note: --skip 'typo' matches nothing", run.Output);
        Assert.DoesNotContain("note: --skip 'layers", run.Output);
        Assert.Contains("3 tensors", run.Output);
    }

    [Fact]
    public void A_key_of_a_format_without_keys_is_refused()
    {
        File.WriteAllBytes(In("m.bin"), Model());
        var run = CommandRun.Of(ImportCommand.Create(), In("m.bin"), "-o", In("m.safetensors"), "--key", "model");
        Assert.Equal(1, run.Status);
        Assert.Contains("error RPB0120: found the key 'model' for a file of another format", run.Error);
        Assert.Equal([In("m.bin")], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void Help_names_every_option()
    {
        var run = CommandRun.Of(ImportCommand.Create(), "--help");
        Assert.Equal(0, run.Status);
        Assert.All((string[])["MODEL", "--output", "--format <auto|llama2c|onnx|pytorch>", "--strip-prefix", "--key", "--skip"], text => Assert.Contains(text, run.Output));
    }

    [Fact]
    public void A_missing_output_and_an_unknown_format_are_refused()
    {
        Assert.NotEqual(0, CommandRun.Of(ImportCommand.Create(), In("m.bin")).Status);
        Assert.NotEqual(0, CommandRun.Of(ImportCommand.Create(), In("m.bin"), "-o", In("o"), "--format", "gguf").Status);
    }

    private static byte[] Model()
    {
        var floats = 3 * 2 + (2 + 4 * 4 + 2 + 3 * 2) + 2 + 2;
        var bytes = new byte[28 + 4 * floats];
        foreach (var (place, value) in ((int, int)[])[(0, 2), (1, 1), (2, 1), (3, 1), (4, 1), (5, 3), (6, 1)])
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place * 4), value);
        }

        return bytes;
    }

    private string In(string name) => Path.Combine(folder, name);
}
