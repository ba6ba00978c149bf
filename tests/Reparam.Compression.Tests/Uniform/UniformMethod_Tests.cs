using Reparam.Compression.Methods;

namespace Reparam.Compression.Tests.Uniform;

public class UniformMethod_Tests
{
    private static readonly PostTrainingMethod Method = PostTrainingMethods.Get("uniform");

    [Fact]
    public void Options_have_the_attributes_names_ranges_and_defaults()
    {
        Assert.Equal(typeof(UniformAttribute), Method.Attribute);
        Assert.Equal(
            """{"bits":4,"groupSize":128,"symmetric":false,"rounding":"auto","clipSearch":false,"actOrder":false,"damping":0.01,"activations":0,"activationsPerChannel":false}""",
            MethodOptions.Of(new UniformAttribute(4)).Json);
        var parsed = MethodOptions.Parse(Method, [new("bits", "3"), new("groupSize", "64"), new("symmetric", "true"), new("rounding", "errorfeedback")]);
        Assert.Equal(MethodOptions.Of(new UniformAttribute(3) { GroupSize = 64, Symmetric = true, Rounding = UniformRounding.ErrorFeedback }), parsed);
    }

    [Theory]
    [InlineData("bits", "1", "bits is 1; uniform takes 2 to 8")]
    [InlineData("bits", "9", "bits is 9; uniform takes 2 to 8")]
    [InlineData("groupSize", "12", "groupSize is 12; uniform takes multiples of 8")]
    [InlineData("damping", "0", "damping is 0; uniform takes")]
    [InlineData("rounding", "stochastic", "rounding is 'stochastic'")]
    [InlineData("activations", "4", "activations is 4; uniform takes multiples of 8 from 0 to 8")]
    [InlineData("activations", "16", "activations is 16; uniform takes multiples of 8 from 0 to 8")]
    public void Options_out_of_range_are_refused(string name, string value, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ArgumentException>(() => MethodOptions.Parse(Method, new Dictionary<string, string> { ["bits"] = "4", [name] = value })).Message);

    [Fact]
    public void A_budget_chooses_from_two_to_eight_bits()
    {
        var asked = MethodOptions.Of(new UniformAttribute(4) { GroupSize = 32, Symmetric = true });
        var ladder = Method.Ladder(asked, new LadderLayer("w", 64, 64)).ToList();
        Assert.Equal([2, 3, 4, 5, 6, 7, 8], ladder.Select(static step => step.Options.As<UniformAttribute>().Bits));
        Assert.All(ladder, step => Assert.Equal(asked, step.Options.With(nameof(UniformAttribute.Bits), 4)));
        Assert.Equal(4.5, Method.NominalBits(asked));
        Assert.Equal(4 + 20.0 / 128, Method.NominalBits(new UniformAttribute(4)));
        Assert.Equal("4 bits", Method.Describe(asked));
    }
}
