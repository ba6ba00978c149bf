namespace Reparam.Samples.Tests;

public class AppTests
{
    [Theory]
    [InlineData("StoryTeller")]
    [InlineData("CharGpt")]
    [InlineData("SemanticSearch")]
    [InlineData("ImageClassifier")]
    public void No_TorchSharp_lies_beside_the_app(string sample)
    {
        var files = Directory.GetFiles(AppProcess.Folder(sample), "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith(".reparam.safetensors", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file.Contains("torch", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("TorchSharp", File.ReadAllText(Path.Combine(AppProcess.Folder(sample), sample + ".deps.json")));
    }

    [Fact]
    public void StoryTeller_tells_the_same_story_twice_and_another_with_another_seed()
    {
        string Tell(int seed)
        {
            var (status, output, error) = AppProcess.Run("StoryTeller", "--no-table", "--steps", "60", "--temperature", "0.9", "--seed", $"{seed}", "--prompt", "The dog");
            Assert.Equal((0, ""), (status, error));
            Assert.StartsWith("The dog", output);
            return output[..output.LastIndexOf('(')];
        }

        Assert.Equal(Tell(1), Tell(1));
        Assert.NotEqual(Tell(1), Tell(2));
    }

    [Fact]
    public void StoryTeller_ends_with_a_row_for_each_width()
    {
        var (status, output, error) = AppProcess.Run("StoryTeller", "--steps", "20");
        Assert.Equal((0, ""), (status, error));
        foreach (var row in new[] { "float32", "4-bit", "mixed", "3-bit", "2-bit" })
        {
            Assert.Contains(output.Split('\n'), line => line.StartsWith(row, StringComparison.Ordinal));
        }

        Assert.Contains("1.266", output);
        Assert.Contains("1,804 predictions", output);
    }

    [Theory]
    [InlineData("StoryTeller", "--bits", "5")]
    [InlineData("StoryTeller", "--top-p", "0")]
    [InlineData("StoryTeller", "--steps", "513")]
    [InlineData("StoryTeller", "--nonsense", "1")]
    [InlineData("StoryTeller", "--steps", "many")]
    [InlineData("CharGpt", "--length", "0")]
    [InlineData("CharGpt", "--temperature", "warm")]
    [InlineData("CharGpt", "--temperature", "-1")]
    [InlineData("SemanticSearch", "--count", "0")]
    [InlineData("ImageClassifier", "--count", "0")]
    [InlineData("ImageClassifier", "--bits", "5")]
    [InlineData("ImageClassifier", "--limit", "0")]
    [InlineData("ImageClassifier", "--limit", "all")]
    public void Options_out_of_range_are_refused_by_name(string sample, string option, string value)
    {
        var (status, _, error) = AppProcess.Run(sample, option, value);
        Assert.Equal(1, status);
        Assert.Contains(option, error);
        Assert.DoesNotContain("Exception", error);
    }

    [Theory]
    [InlineData("Which animal says meow?", 1)]
    [InlineData("Where do I put my savings?", 3)]
    [InlineData("rain and wind tomorrow", 5)]
    public void SemanticSearch_finds_what_is_meant(string query, int line)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "A cat purrs on the sofa.\n\nThe bank pays interest on deposits.\n\nThe forecast promises a storm.\n");
            var (status, output, error) = AppProcess.Run("SemanticSearch", query, "--files", file, "--count", "1");
            Assert.Equal((0, ""), (status, error));
            Assert.Contains($"{Path.GetFileName(file)}:{line}\n", output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void SemanticSearch_says_where_it_found_no_text()
    {
        var (status, _, error) = AppProcess.Run("SemanticSearch", "x", "--files", "/no/such/file.txt");
        Assert.Equal(1, status);
        Assert.Contains("/no/such/file.txt", error);
    }

    [Fact]
    public void CharGpt_continues_a_text()
    {
        var (status, output, error) = AppProcess.Run("CharGpt", "--no-table", "--length", "150", "--prompt", "KATHARINA:\n");
        Assert.Equal((0, ""), (status, error));
        Assert.StartsWith("KATHARINA:\n", output.ReplaceLineEndings("\n"));
        Assert.InRange(output.Length, 150, 200);
    }

    [Fact]
    public void CharGpt_names_a_character_that_its_model_does_not_know()
    {
        var (status, _, error) = AppProcess.Run("CharGpt", "--no-table", "--prompt", "é");
        Assert.Equal(1, status);
        Assert.Contains("U+00E9", error);
    }
}
