using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;
using Reparam.Checkpoints.Tests.Packed;

namespace Reparam.Checkpoints.Tests.Sharding;

/// <summary>Shards appear together, and nothing of an earlier write is mixed with them.</summary>
public sealed class ShardedWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Shards_are_named_after_the_file_and_a_folder_gives_them_back()
    {
        var written = ShardedWriter.Write(Tensors(3, 1), folder.File("m.safetensors"), 8);
        Assert.Equal(folder.File("m.safetensors.index.json"), written);
        Assert.Equal(["m-00001-of-00003.safetensors", "m-00002-of-00003.safetensors", "m-00003-of-00003.safetensors", "m.safetensors.index.json"], folder.Names());
        Check(written, 3, 1);
        Check(folder.Path, 3, 1);
    }

    [Fact]
    public void Any_bit_of_the_index_of_shards_with_checksums_is_covered_and_so_is_which_shards_belong_to_it()
    {
        var index = ShardedWriter.Write(Sealed(1), folder.File("m.safetensors"), 8);
        var shard = folder.File("m-00002-of-00002.safetensors");
        var (good, other) = (File.ReadAllBytes(index), File.ReadAllBytes(shard));
        Assert.NotNull(Verify());
        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var changed = good.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(index, changed);
            Assert.Throws<CheckpointException>(() => Verify());
        }

        ShardedWriter.Write(Sealed(2), folder.File("m.safetensors"), 8);
        Assert.NotNull(Verify());
        File.WriteAllBytes(shard, other);
        Assert.Contains("a shard is of another checkpoint", Assert.Throws<CheckpointException>(() => Checkpoint.Open(index)).Detail);

        long? Verify()
        {
            using var checkpoint = Checkpoint.Open(index);
            return ContentVerification.Verify(checkpoint);
        }

        static SafetensorsWriter Sealed(float value)
        {
            var writer = new SafetensorsWriter { HasChecksums = true };
            writer.Add<float>("a", [2], new[] { value, value });
            writer.Add<float>("b", [2], new[] { value, -value });
            return writer;
        }
    }

    [Fact]
    public void All_in_one_is_a_single_file_and_no_limit_too()
    {
        Assert.Equal(folder.File("m.safetensors"), ShardedWriter.Write(Tensors(3, 1), folder.File("m.safetensors"), 24));
        var bytes = File.ReadAllBytes(folder.File("m.safetensors"));
        Assert.Equal(folder.File("m.safetensors"), ShardedWriter.Write(Tensors(3, 1), folder.File("m.safetensors"), null));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("m.safetensors")));
        Assert.Equal(["m.safetensors"], folder.Names());
    }

    [Theory]
    [InlineData(3, 8)]
    [InlineData(5, 8)]
    [InlineData(2, 8)]
    [InlineData(1, 8)]
    [InlineData(5, null)]
    public void What_an_earlier_write_left_is_replaced_or_removed_and_nothing_else(int count, int? limit)
    {
        string[] foreign = ["m-1-of-3.safetensors", "m-00001-of-00009.safetensors", "mm-00001-of-00003.safetensors", "other.txt"];
        Array.ForEach(foreign, name => File.WriteAllText(folder.File(name), ""));
        ShardedWriter.Write(Tensors(3, 1), folder.File("m.safetensors"), 8);
        var written = ShardedWriter.Write(Tensors(count, 2), folder.File("m.safetensors"), limit ?? 1000);
        Check(written, count, 2);
        Check(folder.File(File.Exists(folder.File("m.safetensors")) ? "m.safetensors" : "m.safetensors.index.json"), count, 2);
        string[] expected = count == 1 || limit is null
            ? ["m.safetensors"]
            : ["m.safetensors.index.json", .. Enumerable.Range(1, count).Select(number => $"m-{number:D5}-of-{count:D5}.safetensors")];
        Assert.Equal(expected.Concat(foreign).Order(StringComparer.Ordinal), folder.Names());
    }

    [Fact]
    public void Shards_take_the_place_of_a_single_file_of_their_name()
    {
        ShardedWriter.Write(Tensors(3, 1), folder.File("m.safetensors"), null);
        ShardedWriter.Write(Tensors(3, 2), folder.File("m.safetensors"), 8);
        Assert.DoesNotContain("m.safetensors", folder.Names());
        Check(folder.Path, 3, 2);
    }

    [Fact]
    public void A_failure_leaves_the_earlier_checkpoint_whole()
    {
        ShardedWriter.Write(Tensors(3, 1), folder.File("m.safetensors"), 8);
        var before = folder.Names();
        var failing = Tensors(2, 2);
        failing.Add("t9", DType.F32, [2], (_, _) => throw new IOException("gone"));
        Assert.Throws<CheckpointException>(() => ShardedWriter.Write(failing, folder.File("m.safetensors"), 8));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => ShardedWriter.Write(Tensors(3, 2), folder.File("m.safetensors"), 8, cancelled.Token));
        Assert.Throws<InvalidOperationException>(() => ShardedWriter.Write(Tensors(3, 2), folder.File("m.safetensors"), 8, default, _ => throw new InvalidOperationException()));
        Directory.CreateDirectory(folder.File("m-00003-of-00004.safetensors"));
        Assert.Throws<CheckpointException>(() => ShardedWriter.Write(Tensors(4, 2), folder.File("m.safetensors"), 8));
        Directory.Delete(folder.File("m-00003-of-00004.safetensors"));
        Assert.Equal(before, folder.Names());
        Check(folder.Path, 3, 1);
    }

    [Fact]
    public void What_killed_writers_of_shards_left_is_removed_whatever_their_number()
    {
        string[] left = [".m-00002-of-00007.safetensors.0123456789abcdef.reparam-unfinished", ".m.safetensors.index.json.0123456789abcdef.reparam-unfinished"];
        string[] foreign = [".m-2-of-7.safetensors.0123456789abcdef.reparam-unfinished", ".m-00002-of-00007.safetensors.tmp"];
        foreach (var name in left.Concat(foreign))
        {
            File.WriteAllText(folder.File(name), "");
            File.SetLastWriteTimeUtc(folder.File(name), DateTime.UtcNow.AddHours(-1));
        }

        ShardedWriter.Write(Tensors(2, 1), folder.File("m.safetensors"), 8);
        Assert.Equal(
            foreign.Concat(["m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors", "m.safetensors.index.json"]).Order(StringComparer.Ordinal), folder.Names());
    }

    [Fact]
    public void A_name_with_another_ending_cannot_have_shards()
    {
        foreach (var name in (string[])["m", "m.bin", ".safetensors"])
        {
            var exception = Assert.Throws<CheckpointException>(() => ShardedWriter.Write(Tensors(3, 1), folder.File(name), 8));
            Assert.Contains("expected one that ends in .safetensors", exception.Message);
        }

        Assert.Empty(folder.Names());
    }

    [Fact]
    public void A_packed_file_in_shards_is_read_like_one_and_reviewed_before_it_is_there()
    {
        CodedMatrix[] matrices = [CodedMatrices.Create(9, 20, 2, 8, 1), CodedMatrices.Nested(3, 50, CodedMatrices.Table(3, 4), 2, 32), CodedMatrices.Nested(5, 50, CodedMatrices.Table(3, 4), 2, 32)];
        using var writer = new PackedFileWriter(folder.File("p.safetensors"));
        for (var i = 0; i < matrices.Length; i++)
        {
            writer.AddLayer($"w{i}", "shiftadd", [matrices[i].Rows, matrices[i].Columns], DType.F32, matrices[i]);
        }

        var reviewed = 0;
        var written = writer.Write(
            folder.File("p.safetensors"), default,
            file =>
            {
                reviewed++;
                Same(file);
                Assert.All(folder.Names(), name => Assert.EndsWith(".reparam-unfinished", name));
            },
            maxShardBytes: 60);
        Assert.Equal(1, reviewed);
        Assert.True(folder.Names().Length > 3);
        using var packed = PackedFile.Open(written);
        Same(packed);

        // Each shard has the checksums of its own tensors.
        foreach (var shard in folder.Names().Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            using var file = SafetensorsFile.Open(folder.File(shard));
            Assert.Contains(ContentChecksum.HeaderKey, file.Metadata.Keys);
            Assert.All(file.Names, name => Assert.Contains($"\"{name}\"", file.Metadata[ContentChecksum.TensorsKey]));
        }

        void Same(PackedFile file)
        {
            Assert.Equal(3, file.Layers.Count);
            for (var i = 0; i < matrices.Length; i++)
            {
                Assert.Equal(matrices[i].Decode(), file.ReadMatrix($"w{i}").Decode());
            }
        }
    }

    [Theory]
    [InlineData("m-00001-of-00003.safetensors")]
    [InlineData("m.safetensors.index.json")]
    [InlineData("m.safetensors")]
    [InlineData("link")]
    public void An_input_that_a_shard_could_replace_is_refused(string input)
    {
        File.CreateSymbolicLink(folder.File("link"), "m-00002-of-00002.safetensors");
        Assert.Equal(CheckpointRule.Distinct, Assert.Throws<CheckpointException>(() => SourceGuard.RequireOtherShards(folder.File(input), folder.File("m.safetensors"))).Rule);
        SourceGuard.RequireOtherShards(folder.File("n.safetensors"), folder.File("m.safetensors"));
        SourceGuard.RequireOtherShards(folder.File("sub/m.safetensors"), folder.File("m.safetensors"));
    }

    private static SafetensorsWriter Tensors(int count, float value)
    {
        var writer = new SafetensorsWriter();
        for (var i = 0; i < count; i++)
        {
            writer.Add<float>($"t{i}", [2], new[] { value, i });
        }

        return writer;
    }

    private static void Check(string path, int count, float value)
    {
        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal(count, checkpoint.Names.Count);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal([value, i], checkpoint.ReadSingles($"t{i}"));
        }
    }
}
