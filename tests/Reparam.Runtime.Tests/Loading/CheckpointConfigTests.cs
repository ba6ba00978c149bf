using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Runtime;

namespace Reparam.Runtime.Tests.Loading;

public class CheckpointConfigTests
{
    [Fact]
    public void Values_are_read_by_type()
    {
        using var file = Write("""{ "dim": 64, "big": 5000000000, "eps": 1e-5, "tied": true, "name": "story" }""");
        var config = CheckpointConfig.Open(file.Path);
        Assert.Equal(64, config.GetInt32("dim"));
        Assert.Equal(5_000_000_000, config.GetInt64("big"));
        Assert.Equal(1e-5, config.GetDouble("eps"));
        Assert.Equal(1e-5f, config.GetSingle("eps"));
        Assert.True(config.GetBoolean("tied"));
        Assert.Equal("story", config.GetString("name"));
        Assert.True(config.Contains("dim"));
        Assert.False(config.Contains("depth"));
    }

    [Fact]
    public void What_is_missing_or_of_another_type_is_named_with_the_file()
    {
        using var file = Write("""{ "dim": 64.5, "name": 3, "big": 5000000000, "half": "\ud800", "huge": 1e300, "most": 1e999 }""");
        var config = CheckpointConfig.Open(file.Path);
        foreach (var (read, words) in new (Action, string[])[]
        {
            (() => config.GetInt32("depth"), ["'depth'", "dim, name, big, half, huge, most"]),
            (() => config.GetInt32("dim"), ["dim = 64.5", "32-bit integer"]),
            (() => config.GetInt32("big"), ["big = 5000000000"]),
            (() => config.GetString("name"), ["name = 3", "String"]),
            (() => config.GetBoolean("dim"), ["true or false"]),
            (() => config.GetString("half"), ["half = ", "text"]),
            (() => config.GetSingle("huge"), ["huge = 1e300", "single-precision"]),
            (() => config.GetDouble("most"), ["most = 1e999", "a number"]),
        })
        {
            var error = Assert.Throws<CheckpointException>(read);
            Assert.Contains(file.Path, error.Message);
            Assert.All(words, word => Assert.Contains(word, error.Message));
        }
    }

    [Theory]
    [InlineData(null, "no metadata entry")]
    [InlineData("[1]", "expected a JSON object")]
    [InlineData("{ \"dim\": ", "not JSON")]
    [InlineData("{ \"\\ud800\": 1 }", "not JSON")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "not JSON")]
    public void An_entry_that_is_missing_or_no_object_is_refused(string? text, string words)
    {
        using var file = Write(text);
        Assert.Contains(words, Assert.Throws<CheckpointException>(() => CheckpointConfig.Open(file.Path)).Message);
    }

    [Theory]
    [InlineData("""{ "width": 1073741824, "depth": 1 }""", "expected at most")]
    [InlineData("""{ "width": 2000000000, "depth": 2000000000 }""", "expected at most")]
    [InlineData("""{ "width": 4, "depth": 2000000000 }""", "expected at most")]
    [InlineData("""{ "width": -4, "depth": 1 }""", "does not take these values")]
    [InlineData("""{ "width": 0, "depth": 1 }""", "does not take these values")]
    [InlineData("""{ "width": "\ud800", "depth": 1 }""", "width")]
    [InlineData("""{ "width": 4 }""", "no value 'depth'")]
    public void A_model_of_impossible_values_is_refused_before_it_takes_memory(string text, string words)
    {
        using var file = Write(text);
        var error = Assert.Throws<CheckpointException>(() => CheckpointConfig.Open(file.Path).Construct(static values => new Stack(values.GetInt32("width"), values.GetInt32("depth"))));
        Assert.Contains(words, error.Message);
        Assert.Equal((file.Path, CheckpointRule.Metadata), (error.File, error.Rule));

        // Nothing limits what is made of the program's own values.
        Assert.Equal(70_000_000, Torch.Zeros(70_000_000).Numel());
    }

    [Fact]
    public void A_model_of_possible_values_is_made()
    {
        using var file = Write("""{ "width": 4, "depth": 3 }""");
        var stack = CheckpointConfig.Open(file.Path).Construct(static values => new Stack(values.GetInt32("width"), values.GetInt32("depth")));
        Assert.Equal(3, stack.Layers.Count);
    }

    private sealed class Stack : Module
    {
        public Stack(int width, int depth)
            : base(nameof(Stack))
        {
            Table = Torch.Arange(width) * (8 / width);
            for (var layer = 0; layer < depth; layer++)
            {
                Layers.Add(Nn.Linear(width, width));
            }
        }

        public Tensor Table { get; }

        public List<Linear> Layers { get; } = [];
    }

    private static TemporaryFile Write(string? config)
    {
        var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        if (config is not null)
        {
            writer.SetMetadata(CheckpointConfig.MetadataKey, config);
        }

        writer.Write(file.Path);
        return file;
    }
}
