using System.Text.Json;
using CsCheck;
using Reparam.Build.Json;

namespace Reparam.Build.Tests.Json;

public class JsonParserTests
{
    [Fact]
    public void Values_of_every_kind_are_read()
    {
        var document = (Dictionary<string, object?>)JsonParser.Parse(""" { "a" : [ 1, -2.5e3, true, false, null, "x\n\"\\\/\u00e9" ], "b": {}, "c": [] } """)!;
        Assert.Equal(new object?[] { 1.0, -2500.0, true, false, null, "x\n\"\\/é" }, (List<object?>)document["a"]!);
        Assert.Empty((Dictionary<string, object?>)document["b"]!);
        Assert.Empty((List<object?>)document["c"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("{a:1}")]
    [InlineData("[1] 2")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData("tru")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\t\"")]
    [InlineData("NaN")]
    public void What_is_not_JSON_is_refused(string text) => Assert.Throws<JsonFormatException>(() => JsonParser.Parse(text));

    [Fact]
    public void Nesting_without_end_is_refused() => Assert.Throws<JsonFormatException>(() => JsonParser.Parse(new string('[', 100_000)));

    [Fact]
    public void Any_string_comes_back() =>
        Gen.String.Sample(text =>
        {
            // A lone surrogate does not survive System.Text.Json; all else must survive both.
            var json = JsonSerializer.Serialize(text);
            Assert.Equal(JsonSerializer.Deserialize<string>(json), JsonParser.Parse(json));
        });
}
