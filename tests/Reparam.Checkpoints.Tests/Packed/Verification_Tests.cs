using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints.Tests.Packed;

public sealed class Verification_Tests : IDisposable
{
    private const int Flips = 2000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Forms => ["row", "terms", "column", "block8", "nested", "codebook"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_flipped_bit_anywhere_is_found(string form)
    {
        var path = folder.File("m.reparam.safetensors");
        Write(path, form);
        var good = File.ReadAllBytes(path);
        Assert.Equal(good.Length, VerifyWhole(path));

        var random = new Random(form.Length);
        for (var i = 0; i < Flips; i++)
        {
            var bit = random.Next(good.Length * 8);
            good[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, good);
            var found = Record.Exception(() => VerifyWhole(path));
            Assert.True(found is CheckpointException, $"bit {bit}: {found}");
            good[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Any_other_byte_is_found(string form)
    {
        var path = folder.File("m.reparam.safetensors");
        Write(path, form);
        var good = File.ReadAllBytes(path);
        var random = new Random(form.Length);
        for (var place = 0; place < good.Length; place++)
        {
            var byteThere = good[place];
            good[place] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, good);
            var found = Record.Exception(() => VerifyWhole(path));
            Assert.True(found is CheckpointException, $"byte {place}: {found}");
            good[place] = byteThere;
        }
    }

    [Fact]
    public void What_is_read_is_compared_without_a_word()
    {
        var path = folder.File("m.reparam.safetensors");
        Write(path, "row");
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var packed = PackedFile.Open(path);
        var last = packed.Checkpoint.Names[^1];
        foreach (var read in (Action[])[() => packed.Checkpoint.Bytes(last), () => packed.Checkpoint.CopyTo(last, Stream.Null), () => packed.Checkpoint.SameContent(last, last)])
        {
            var error = Assert.Throws<CheckpointException>(read);
            Assert.Equal((CheckpointRule.Checksum, last, path), (error.Rule, error.Tensor, error.File));
        }
    }

    [Fact]
    public void A_plain_file_has_nothing_to_compare_with()
    {
        var path = folder.File("plain.safetensors");
        var writer = new SafetensorsWriter();
        writer.Add("w", [2], new ReadOnlyMemory<float>([1, 2]));
        writer.Write(path);
        Assert.Null(VerifyWhole(path));
    }

    [Theory]
    [InlineData(ContentChecksum.HeaderKey)]
    [InlineData(ContentChecksum.TensorsKey)]
    public void One_entry_without_the_other_is_damage(string key)
    {
        var path = folder.File("m.safetensors");
        var writer = new SafetensorsWriter();
        writer.SetMetadata(key, key == ContentChecksum.HeaderKey ? new string('0', 32) : "{}");
        writer.Write(path);
        Assert.Equal(CheckpointRule.Checksum, Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Rule);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"w\":null}")]
    [InlineData("{\"w\":\"00\"}")]
    [InlineData("{\"w\":\"\\ud800\"}")]
    [InlineData("{\"v\":\"00000000000000000000000000000000\"}")]
    [InlineData("{}")]
    [InlineData("{\"w\":\"0000000000000000000000000000000A\"}")]
    public void Malformed_checksums_are_refused(string json)
    {
        var header = System.Text.Encoding.UTF8.GetBytes(
            $$$"""........{"__metadata__":{"reparam.checksum":"00000000000000000000000000000000","reparam.checksums":{{{System.Text.Json.JsonSerializer.Serialize(json)}}}},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""");
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        var path = folder.File("m.safetensors");
        File.WriteAllBytes(path, [.. ContentChecksum.Seal(header), 7]);
        Assert.Equal(CheckpointRule.Checksum, Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Rule);
    }

    [Fact]
    public void Shards_are_verified_each_and_all_or_none_have_checksums()
    {
        var writer = new SafetensorsWriter { HasChecksums = true };
        writer.Add("a", [400], new ReadOnlyMemory<byte>(new byte[400]));
        writer.Add("b", [400], new ReadOnlyMemory<byte>(new byte[400]));
        var index = ShardedWriter.Write(writer, folder.Path, "m", 500);
        var shard = folder.File("m-00002-of-00002.safetensors");
        var good = File.ReadAllBytes(shard);
        Assert.Equal(good.Length + new FileInfo(folder.File("m-00001-of-00002.safetensors")).Length, VerifyWhole(index));

        File.WriteAllBytes(shard, [.. good[..^1], 9]);
        var error = Assert.Throws<CheckpointException>(() => VerifyWhole(index));
        Assert.Equal((CheckpointRule.Checksum, "b", shard), (error.Rule, error.Tensor, error.File));

        var bare = new SafetensorsWriter();
        bare.Add("b", [400], new ReadOnlyMemory<byte>(new byte[400]));
        bare.Write(shard);
        error = Assert.Throws<CheckpointException>(() => VerifyWhole(index));
        Assert.Equal((CheckpointRule.Checksum, shard), (error.Rule, error.File));
    }

    [Fact]
    public void A_file_that_is_shortened_while_it_is_read_gives_an_error()
    {
        var path = folder.File("m.reparam.safetensors");
        Write(path, "row");
        using var packed = PackedFile.Open(path);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(stream.Length - 4);
        }

        var error = Assert.Throws<CheckpointException>(() => packed.Checkpoint.Bytes(packed.Checkpoint.Names[^1]));
        Assert.Equal(CheckpointRule.Readable, error.Rule);
        Assert.Contains("shortened", error.Message);
        Assert.Contains("written to", Assert.Throws<CheckpointException>(packed.Checkpoint.RequireUnchanged).Message);
    }

    [Fact]
    public void A_file_that_is_overwritten_while_it_is_open_is_told()
    {
        var path = folder.File("m.reparam.safetensors");
        Write(path, "nested");
        using var packed = PackedFile.Open(path);
        packed.Checkpoint.RequireUnchanged();
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Write(new byte[stream.Length]);
        }

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(10));
        Assert.Throws<CheckpointException>(() => packed.ReadMatrix("w.weight"));
        Assert.Throws<CheckpointException>(packed.Checkpoint.RequireUnchanged);
    }

    private static long? VerifyWhole(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        using var packed = PackedFile.IsPacked(checkpoint) ? PackedFile.Of(checkpoint) : null;
        return ContentVerification.Verify(checkpoint);
    }

    private static void Write(string path, string form)
    {
        var packed = new PackedFileWriter { SourceHash = new string('5', 64) };
        packed.SetMetadata("reparam.config", """{ "dim": 20 }""");
        CodedMatrix matrix = form switch
        {
            "row" => CodedMatrices.Create(6, 20, 2, 10, 0),
            "terms" => CodedMatrices.Create(6, 20, 2, 10, 3),
            "column" => CodedMatrices.Create(6, 20, 2, 4, 0, format: BinaryFormat.Column),
            "block8" => CodedMatrices.Create(6, 20, 2, 16, 0, format: BinaryFormat.Block8),
            "nested" => CodedMatrices.Nested(6, 20, CodedMatrices.Table(2, 3), 2, 32),
            _ => CodebookMatrix_Tests.Create(6, 20, [new(4, 8), new(16, 16)], 1, 32, 0, 1),
        };
        packed.AddLayer("w.weight", "shiftadd", [6, 20], DType.F32, matrix);
        using var folder = new TemporaryFolder();
        var source = new SafetensorsWriter();
        source.Add("w.weight", [6, 20], new ReadOnlyMemory<float>(new float[120]));
        source.Add("w.bias", [6], new ReadOnlyMemory<float>([1, 2, 3, 4, 5, 6]));
        source.Add("odd", [3], new ReadOnlyMemory<byte>([1, 2, 3]));
        source.Write(folder.File("dense.safetensors"));
        using var dense = SafetensorsFile.Open(folder.File("dense.safetensors"));
        packed.CopyRest(dense);
        packed.Write(path);
    }
}
