using CharGpt;

namespace Reparam.Samples.Tests;

public class CorpusTests
{
    private static readonly Corpus Corpus = Corpus.Load(Path.Combine(AppContext.BaseDirectory, "tinyshakespeare.txt.gz"));

    [Fact]
    public void The_parts_are_the_text_without_overlap()
    {
        Assert.Equal(1_115_394, Corpus.Pretraining.Length + Corpus.ShrewTraining.Length + Corpus.ShrewHeldOut.Length + Corpus.TempestHeldOut.Length);
        Assert.Equal(65, Corpus.Alphabet.Length);
        Assert.StartsWith("First Citizen:", Corpus.Pretraining);
        Assert.StartsWith("MIRANDA:", Corpus.TempestHeldOut);
        Assert.Contains("KATHARINA:", Corpus.ShrewHeldOut);
        Assert.DoesNotContain("PROSPERO:", Corpus.Pretraining + Corpus.ShrewTraining);
    }

    [Theory]
    [InlineData(9, 4, 2)]
    [InlineData(8, 4, 1)]
    [InlineData(4, 4, 0)]
    [InlineData(1, 1, 0)]
    public void Windows_predict_each_character_at_most_once(int length, int context, int expected)
    {
        long[] tokens = [.. Enumerable.Range(0, length).Select(i => (long)i)];
        var windows = Windows.Of(tokens, context).ToList();
        Assert.Equal(expected, windows.Count);
        var predicted = windows.SelectMany(window => window.Skip(1)).ToList();
        Assert.Equal(predicted.Distinct(), predicted);
        Assert.All(windows, window => Assert.Equal(context + 1, window.Count));
    }

    [Fact]
    public void Characters_survive_a_round_trip_and_unknown_ones_are_refused()
    {
        var tokenizer = new CharTokenizer(Corpus.Alphabet);
        Assert.Equal("What ho!\n", tokenizer.Decode(tokenizer.Encode("What ho!\n")));
        Assert.Contains("U+00E9", Assert.Throws<ArgumentException>(() => tokenizer.Encode("é")).Message);
    }
}
