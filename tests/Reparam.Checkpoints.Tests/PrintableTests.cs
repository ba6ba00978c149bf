using System.Globalization;
using CsCheck;

namespace Reparam.Checkpoints.Tests;

/// <summary>Names of a file cannot move the cursor of whoever reads about them.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("layers.0.weight", "layers.0.weight")]
    [InlineData("ä→層😀", "ä→層😀")]
    [InlineData("a\u001b[2Jb", "a\\u001b[2Jb")]
    [InlineData("a\r\n\tb\u0007\u007f\u009b", "a\\u000d\\u000a\\u0009b\\u0007\\u007f\\u009b")]
    [InlineData("a\u202eb\u2066c\u200fd\ufeff", "a\\u202eb\\u2066c\\u200fd\\ufeff")]
    [InlineData("a\u2028b\u2029", "a\\u2028b\\u2029")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    public void What_acts_on_a_terminal_is_shown_by_number(string text, string expected) => Assert.Equal(expected, Printable.Of(text));

    [Fact]
    public void Half_of_a_pair_is_shown_by_number() => Assert.Equal("\\ud800x\\udc00", Printable.Of("\ud800x\udc00"));

    [Fact]
    public void Nothing_of_any_text_acts() => Gen.String.Sample(text => Assert.DoesNotContain(
        Printable.Of(text),
        letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));

    [Fact]
    public void A_message_shows_no_escape_of_file_tensor_or_detail()
    {
        var exception = new CheckpointException("a\u001b", "b\u001b", CheckpointRule.Packed, "c\u001b\n");
        Assert.Equal("a\\u001b: tensor 'b\\u001b': c\\u001b\\u000a [Packed]", exception.Message);
        Assert.Equal(("a\u001b", "b\u001b"), (exception.File, exception.Tensor));
    }
}
