using System.Globalization;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam inspect</c> on dense, packed and broken files.</summary>
public sealed class InspectCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_dense_file_is_listed()
    {
        WriteDense();
        var run = CommandRun.Of(InspectCommand.Create(), In("d.safetensors"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        var lines = run.Output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("fc.weight  F32   [400, 3]  4,800", lines);
        Assert.Contains("note  two\\u000alines", lines);
        Assert.Contains("2 tensors, 1,200 values, 4,800 bytes", lines);
    }

    [Fact]
    public void A_packed_file_is_listed_with_bits_a_weight()
    {
        WritePacked();
        var run = CommandRun.Of(InspectCommand.Create(), In("p.safetensors"));
        Assert.Equal((0, ""), (run.Status, run.Error));

        // 3 planes of 2 rows of 2 words, 2 rows of 3 groups of 3 half-precision scales: 48 + 36 bytes for 96 weights.
        Assert.Matches(@"w +shiftadd +\[2, 48\] +row +3 +16 +free +84 +7\.000", run.Output);
        Assert.Contains("Copied tensors", run.Output);
        Assert.Contains("1 coded weights with 96 values in 84 bytes (7.000 bits a weight), 1 copied tensors in 8 bytes", run.Output);
        Assert.DoesNotContain("reparam.canary", run.Output);
    }

    [Fact]
    public void Json_has_tensors_metadata_and_layers()
    {
        WritePacked();
        var run = CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--json");
        Assert.Equal(0, run.Status);
        using var document = JsonDocument.Parse(run.Output);
        var layer = Assert.Single(document.RootElement.GetProperty("layers").EnumerateArray());
        Assert.Equal(7.0, layer.GetProperty("bitsPerWeight").GetDouble());
        Assert.Equal(84, layer.GetProperty("bytes").GetInt64());
        Assert.Equal(["bias", "w.codes", "w.scales"], document.RootElement.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()));
        Assert.Equal("1", document.RootElement.GetProperty("metadata").GetProperty("reparam.format").GetString());

        WriteDense();
        using var dense = JsonDocument.Parse(CommandRun.Of(InspectCommand.Create(), In("d.safetensors"), "--json").Output);
        Assert.False(dense.RootElement.TryGetProperty("layers", out _));
    }

    [Fact]
    public void The_bytes_of_a_shared_table_are_spread_over_its_weights()
    {
        var table = new ProfileTable(3, 6, 0.02f, new sbyte[256]);
        var writer = new PackedFileWriter();
        writer.AddLayer("a", "shiftadd", [4, 256], DType.F32, Nested(4, table));
        writer.AddLayer("b", "shiftadd", [12, 256], DType.F16, Nested(12, table));
        writer.Write(In("n.safetensors"));
        var run = CommandRun.Of(InspectCommand.Create(), In("n.safetensors"), "--verify");
        Assert.Equal((0, ""), (run.Status, run.Error));

        // A row: 96 bytes of codes, 12 of indices, a super-scale: 3.4375 bits a weight. The table: 256 bytes for 4096 weights, half a bit.
        Assert.Matches(@"a +shiftadd +\[4, 256\] +nested +3 +16 +64 profiles, 1 × 256 +440 +3\.938", run.Output);
        Assert.Matches(@"b +shiftadd +\[12, 256\] +nested +3 +16 +64 profiles, 1 × 256 +1,320 +3\.938", run.Output);
        Assert.Matches(@"Tables\s+name +shape +bytes +coded weights\s+a\.table +\[64, 4\] +256 +2", run.Output);
        Assert.Contains("2 coded weights with 4,096 values in 2,016 bytes (3.938 bits a weight), 0 copied tensors in 0 bytes", run.Output);

        using var document = JsonDocument.Parse(CommandRun.Of(InspectCommand.Create(), In("n.safetensors"), "--json").Output);
        var layer = document.RootElement.GetProperty("layers")[1];
        Assert.Equal(("nested", "a.table"), (layer.GetProperty("layout").GetString(), layer.GetProperty("table").GetString()));
        Assert.Equal((1320, 256, 3.9375), (layer.GetProperty("bytes").GetInt32(), layer.GetProperty("tableBytes").GetInt32(), layer.GetProperty("bitsPerWeight").GetDouble()));
        Assert.Equal(0.02f, layer.GetProperty("step").GetSingle());
    }

    [Fact]
    public void An_empty_file_is_listed()
    {
        new SafetensorsWriter().Write(In("e.safetensors"));
        var run = CommandRun.Of(InspectCommand.Create(), In("e.safetensors"));
        Assert.Equal((0, "0 tensors, 0 values, 0 bytes"), (run.Status, run.Output.Trim()));
    }

    [Fact]
    public void A_broken_file_gives_one_line_whatever_its_names()
    {
        var header = """{"a\nb":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"""u8;
        File.WriteAllBytes(In("b.safetensors"), [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. header, 0, 0, 0, 0, 0, 0, 0, 0]);
        var run = CommandRun.Of(InspectCommand.Create(), In("b.safetensors"));
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*b\.safetensors: error RPB0120: tensor 'a\\u000ab': found 8 bytes [^\r\n]*\[ByteLength\]\r?\n$", run.Error);
    }

    [Fact]
    public void Verify_finds_changed_codes()
    {
        WritePacked();
        var good = CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--verify");
        Assert.Equal((0, ""), (good.Status, good.Error));
        var length = new FileInfo(In("p.safetensors")).Length.ToString("N0", CultureInfo.InvariantCulture);
        Assert.EndsWith($"Verified: all {length} bytes, header and 3 tensors, have their checksums; 1 coded weights have their form, 1 of them give their check values", good.Output.TrimEnd());

        // The last tensor is the half-precision scales: all 1 instead of all 0.
        var bytes = File.ReadAllBytes(In("p.safetensors"));
        for (var place = bytes.Length - 36; place < bytes.Length; place += 2)
        {
            (bytes[place], bytes[place + 1]) = (0, 0x3C);
        }

        File.WriteAllBytes(In("p.safetensors"), bytes);
        Assert.Equal(0, CommandRun.Of(InspectCommand.Create(), In("p.safetensors")).Status);
        var run = CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--verify");
        Assert.Equal(1, run.Status);
        Assert.Contains("error RPB0120: tensor 'w.scales': found bytes with the checksum", run.Error);
        Assert.EndsWith("[Checksum]", run.Error.TrimEnd());
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void Verify_says_what_it_could_not_compare()
    {
        WriteDense();
        var run = CommandRun.Of(InspectCommand.Create(), In("d.safetensors"), "--verify");
        Assert.Equal(0, run.Status);
        Assert.EndsWith("Not verified: it has no checksums, so there is nothing to verify it against", run.Output.TrimEnd());

        // As an earlier version wrote it: without both entries.
        WritePacked();
        using (var packed = SafetensorsFile.Open(In("p.safetensors")))
        {
            var writer = new SafetensorsWriter();
            foreach (var name in packed.Names)
            {
                writer.Add(packed, name);
            }

            foreach (var (key, value) in packed.Metadata.Where(entry => !entry.Key.StartsWith("reparam.checksum", StringComparison.Ordinal)))
            {
                writer.SetMetadata(key, value);
            }

            writer.Write(In("old.safetensors"));
        }

        run = CommandRun.Of(InspectCommand.Create(), In("old.safetensors"), "--verify");
        Assert.Equal(0, run.Status);
        Assert.Contains("Verified in part: 1 coded weights have their form, 1 of them give their check values; it has no checksums", run.Output);
        using var json = JsonDocument.Parse(CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--verify", "--json").Output);
        Assert.StartsWith("Verified: all", json.RootElement.GetProperty("verification").GetString());
    }

    private static NestedMatrix Nested(int rows, ProfileTable table) =>
        new(rows, 256, table, 1, 256, 0, new byte[3 * rows * 32], new byte[12 * rows], new Half[rows]);

    private void WriteDense()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("fc.weight", [400, 3], new float[1200]);
        writer.Add<float>("empty", [0], Array.Empty<float>());
        writer.SetMetadata("note", "two\nlines");
        writer.Write(In("d.safetensors"));
    }

    private void WritePacked()
    {
        var writer = new PackedFileWriter();
        writer.AddLayer("w", "shiftadd", [2, 48], DType.F32, new BinaryCodedMatrix(2, 48, 3, 16, 0, new uint[12], new Half[18]));
        var source = new SafetensorsWriter();
        source.Add<float>("bias", [2], new float[2]);
        source.Write(In("s.safetensors"));
        using var checkpoint = Checkpoint.Open(In("s.safetensors"));
        writer.CopyRest(checkpoint);
        writer.Write(In("p.safetensors"));
    }

    private string In(string name) => Path.Combine(folder, name);
}
