using System.Text;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints.Tests.Files;

/// <summary>What is read is a file, and its text may have a byte order mark.</summary>
public sealed class InputPlaces : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_no_file_is_refused_by_its_kind_instead_of_waiting_for_it()
    {
        foreach (var (kind, place) in SpecialFiles.MakeAll(folder))
        {
            Action[] readers =
            [
                () => SafetensorsFile.Open(place), () => ShardedCheckpoint.Open(place), () => InputFile.RequireFile(place), () => InputFile.ReadJson(place),
            ];
            foreach (var reader in readers)
            {
                var exception = Assert.Throws<CheckpointException>(reader);
                Assert.Equal((place, CheckpointRule.Readable), (exception.File, exception.Rule));
                Assert.Contains($"found {kind}", exception.Message);
            }
        }
    }

    [Fact]
    public void A_shard_that_is_a_pipe_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        SpecialFiles.Run("mkfifo", folder.File("1.safetensors"));
        File.WriteAllText(folder.File("i.json"), """{"weight_map":{"w":"1.safetensors"}}""");
        Assert.Contains("found a named pipe", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.File("i.json"))).Message);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void An_index_may_start_with_a_byte_order_mark(string encoding)
    {
        WriteOne("1.safetensors");
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map":{"w":"1.safetensors"}}""", Encoding.GetEncoding(encoding));
        Assert.NotEqual((byte)'{', File.ReadAllBytes(folder.File("model.safetensors.index.json"))[0]);
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(["w"], checkpoint.Names);
    }

    [Fact]
    public void Of_two_indexes_the_one_called_model_is_taken_else_both_are_named()
    {
        WriteOne("1.safetensors");
        WriteOne("2.safetensors");
        File.WriteAllText(folder.File("model.fp16.safetensors.index.json"), """{"weight_map":{"w":"1.safetensors"}}""");
        File.WriteAllText(folder.File("other.safetensors.index.json"), """{"weight_map":{"w":"2.safetensors"}}""");
        var exception = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));
        Assert.Equal(CheckpointRule.Folder, exception.Rule);
        Assert.Contains("(model.fp16.safetensors.index.json, other.safetensors.index.json), expected one or model.safetensors.index.json: name the file", exception.Message);

        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map":{"w":"2.safetensors"}}""");
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(folder.File("model.safetensors.index.json"), checkpoint.Path);
    }

    private void WriteOne(string name)
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("w", [1], new float[1]);
        writer.Write(folder.File(name));
    }
}
