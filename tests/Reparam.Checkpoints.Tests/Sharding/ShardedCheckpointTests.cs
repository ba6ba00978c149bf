using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints.Tests.Sharding;

/// <summary>Shards behave as one file, and an index that does not fit them is refused.</summary>
public sealed class ShardedCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, 6)]
    [InlineData(12, 4)]
    [InlineData(28, 3)]
    [InlineData(1000, 1)]
    public void Shards_give_what_one_file_gives(long maxShardBytes, int expectedShards)
    {
        var writer = Writer();
        writer.Write(folder.File("whole.safetensors"));
        Directory.CreateDirectory(folder.File("shards"));
        var written = ShardedWriter.Write(writer, folder.File("shards"), "model", maxShardBytes);
        Assert.Equal(expectedShards, Directory.GetFiles(folder.File("shards"), "*.safetensors").Length);
        Assert.Equal(expectedShards == 1 ? 1 : expectedShards + 1, Directory.GetFileSystemEntries(folder.File("shards")).Length);

        using var whole = Checkpoint.Open(folder.File("whole.safetensors"));
        foreach (var path in (string[])[written, folder.File("shards")])
        {
            using var shards = Checkpoint.Open(path);
            Assert.Equal(whole.Names.Order(StringComparer.Ordinal), shards.Names.Order(StringComparer.Ordinal));
            Assert.Equal(whole.Metadata, shards.Metadata);
            foreach (var name in whole.Names)
            {
                Assert.True(shards.Contains(name));
                Assert.Equal(whole.Info(name).Describe(), shards.Info(name).Describe());
                Assert.Equal(whole.ReadSingles(name), shards.ReadSingles(name));
            }

            Assert.Equal(CheckpointRule.TensorExists, Assert.Throws<CheckpointException>(() => shards.Info("absent")).Rule);
        }
    }

    [Fact]
    public void A_failing_source_leaves_no_shard()
    {
        var writer = Writer();
        writer.Add("zz", DType.U8, [1], (_, _) => throw new IOException("gone"));
        Assert.Throws<CheckpointException>(() => ShardedWriter.Write(writer, folder.Path, "model", 8));
        Assert.Empty(folder.Names());
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\model.safetensors")]
    [InlineData("C:model.safetensors")]
    [InlineData("a/../../b")]
    [InlineData("")]
    public void A_shard_outside_the_folder_is_refused(string shard)
    {
        var exception = Refused("""{"weight_map":{"a":"S"}}""".Replace("S", shard.Replace("\\", "\\\\")));
        Assert.Equal(CheckpointRule.ShardPath, exception.Rule);
        Assert.Equal("a", exception.Tensor);
    }

    [Theory]
    [InlineData(CheckpointRule.ShardIndex, "")]
    [InlineData(CheckpointRule.ShardIndex, "[]")]
    [InlineData(CheckpointRule.ShardIndex, "{}")]
    [InlineData(CheckpointRule.ShardIndex, """{"weight_map":[]}""")]
    [InlineData(CheckpointRule.ShardIndex, """{"weight_map":{"a":1}}""")]
    [InlineData(CheckpointRule.ShardIndex, """{"weight_map":{"a":"1.safetensors"}""")]
    [InlineData(CheckpointRule.ShardIndex, """{"weight_map":{"a":"1.safetensors"}} x""")]
    [InlineData(CheckpointRule.UniqueName, """{"weight_map":{},"weight_map":{}}""")]
    [InlineData(CheckpointRule.UniqueName, """{"weight_map":{"a":"1.safetensors","a":"1.safetensors"}}""")]
    [InlineData(CheckpointRule.Readable, """{"weight_map":{"a":"absent.safetensors"}}""")]
    [InlineData(CheckpointRule.ShardContent, """{"weight_map":{"a":"1.safetensors"}}""")]
    [InlineData(CheckpointRule.ShardContent, """{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"1.safetensors"}}""")]
    [InlineData(CheckpointRule.ShardContent, """{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""")]
    [InlineData(CheckpointRule.ShardContent, """{"weight_map":{"a":"1.safetensors","b":"1.safetensors","d":"2.safetensors"}}""")]
    public void An_index_that_does_not_fit_is_refused(CheckpointRule rule, string index)
    {
        Write("1.safetensors", "a", "b");
        Write("2.safetensors", "b", "d");
        Assert.Equal(rule, Refused(index).Rule);
    }

    [Fact]
    public void A_good_index_opens_and_metadata_that_differs_is_left_out()
    {
        Write("1.safetensors", "a", "b");
        Write("2.safetensors", "c");
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"metadata":{"total_size":12},"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"}}""");
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(["a", "b", "c"], checkpoint.Names);
        Assert.Equal(new Dictionary<string, string> { ["same"] = "1" }, checkpoint.Metadata);
    }

    [Fact]
    public void A_folder_with_none_or_several_is_refused()
    {
        Assert.Equal(CheckpointRule.Folder, Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Rule);
        Write("1.safetensors", "a");
        using (var checkpoint = Checkpoint.Open(folder.Path))
        {
            Assert.Equal(["a"], checkpoint.Names);
        }

        Write("2.safetensors", "a");
        Assert.Contains("1.safetensors, 2.safetensors", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message);
    }

    [Fact]
    public void The_hash_is_of_the_bytes()
    {
        File.WriteAllBytes(folder.File("e.safetensors"), RawSafetensors.Build("{}", 0));
        using var file = Checkpoint.Open(folder.File("e.safetensors"));
        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.Path)));
        Assert.Equal(expected, Checkpoint.ComputeHash(file));

        Write("1.safetensors", "a");
        Write("2.safetensors", "b");
        File.WriteAllText(folder.File("i.index.json"), """{"weight_map":{"b":"2.safetensors","a":"1.safetensors"}}""");
        using var shards = Checkpoint.Open(folder.File("i.index.json"));
        byte[] all = [.. File.ReadAllBytes(folder.File("i.index.json")), .. File.ReadAllBytes(folder.File("1.safetensors")), .. File.ReadAllBytes(folder.File("2.safetensors"))];
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(all)), Checkpoint.ComputeHash(shards));

        // The index by which the shards were found counts, not the one that stands there by now.
        File.WriteAllText(folder.File("i.index.json"), """{"weight_map":{"b":"2.safetensors"}}""");
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(all)), Checkpoint.ComputeHash(shards));
    }

    private static SafetensorsWriter Writer()
    {
        var writer = new SafetensorsWriter();
        writer.SetMetadata("reparam.config", "{}");
        for (var i = 0; i < 6; i++)
        {
            writer.Add<float>($"layers.{i}", [i], Enumerable.Range(0, i).Select(value => (float)value).ToArray());
        }

        return writer;
    }

    private void Write(string file, params string[] names)
    {
        var writer = new SafetensorsWriter();
        writer.SetMetadata("same", "1");
        writer.SetMetadata("differs", file);
        foreach (var name in names)
        {
            writer.Add<float>(name, [1], new float[1]);
        }

        writer.Write(folder.File(file));
    }

    private CheckpointException Refused(string index)
    {
        File.WriteAllText(folder.File("model.safetensors.index.json"), index);
        return Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.File("model.safetensors.index.json")).Dispose());
    }
}
