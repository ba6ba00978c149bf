using System.Text;
using StoryTeller;

namespace Reparam.Samples.Tests;

public class TokenizerTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(ModelFile.Asset("tok512.bin"));

    [Theory]
    [InlineData("Once upon a time")]
    [InlineData("a")]
    [InlineData("two\nlines\tand a tab")]
    [InlineData("naïve café, “quotes” — and 漢字 and 🐘")]
    [InlineData("  leading and trailing  ")]
    public void Text_survives_a_round_trip(string text)
    {
        Assert.Equal(" " + text, Decode(Tokenizer.Encode(text)));
    }

    [Fact]
    public void Every_story_of_the_excerpt_survives_a_round_trip()
    {
        var text = File.ReadAllText(ModelFile.Asset("tinystories.txt"));
        Assert.Equal(" " + text, Decode(Tokenizer.Encode(text)));
    }

    [Fact]
    public void A_sequence_begins_with_its_own_token_even_when_empty()
    {
        Assert.Equal([Tokenizer.BeginOfSequence], Tokenizer.Encode(""));
        Assert.Equal(Tokenizer.BeginOfSequence, Tokenizer.Encode("x")[0]);
    }

    [Fact]
    public void Frequent_words_are_few_pieces_and_unknown_characters_are_bytes()
    {
        // 512 pieces know " once" whole; an emoji has none and falls back to its four UTF-8 bytes, offset by the three special tokens.
        Assert.True(Tokenizer.Encode("once upon a time").Count < "once upon a time".Length);
        var elephant = Encoding.UTF8.GetBytes("🐘").Select(value => (long)value + 3);
        Assert.Equal(elephant, Tokenizer.Encode("🐘").TakeLast(4));
    }

    [Fact]
    public void A_tokenizer_that_is_cut_short_is_refused_by_name()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, File.ReadAllBytes(ModelFile.Asset("tok512.bin"))[..^3]);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Tokenizer.Load(path)).Message);
            File.WriteAllBytes(path, File.ReadAllBytes(ModelFile.Asset("tok512.bin"))[..200]);
            Assert.Throws<InvalidDataException>(() => Tokenizer.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Decode(IEnumerable<long> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            bytes.AddRange(Tokenizer.Decode(token));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
