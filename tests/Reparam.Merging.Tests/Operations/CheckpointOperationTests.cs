using System.Reflection;

namespace Reparam.Merging.Tests.Operations;

public sealed class CheckpointOperationTests
{
    [Fact]
    public void Operations_of_another_assembly_are_registered_once()
    {
        var found = CheckpointOperations.Register(typeof(SampleOperations).Assembly);
        Assert.Equal(["first-whole", "largest-value", "mean", "noise"], found.Select(operation => operation.Name).Order(StringComparer.Ordinal));

        CheckpointOperations.Register(typeof(SampleOperations).Assembly);
        Assert.Single(CheckpointOperations.All, operation => operation.Name == "noise");
        Assert.Equal(CheckpointOperations.All.Select(operation => operation.Name).Order(StringComparer.Ordinal), CheckpointOperations.All
            .Select(operation => operation.Name));
    }

    [Fact]
    public void Name_help_range_and_default_come_from_the_method()
    {
        var operation = new CheckpointOperation(typeof(SampleOperations).GetMethod(nameof(SampleOperations.Largest))!);
        Assert.Equal(("largest-value", false, 1), (operation.Name, operation.NeedsBase, operation.MinInputs));
        Assert.Equal("Takes the largest value of each element.", operation.Summary);

        var scale = Assert.Single(operation.Options);
        Assert.Equal(("scale", "What the value is multiplied by.", "1", false), (scale.Name, scale.Help, scale.Default, scale.IsPerInput));
        Assert.Equal((0, 1e6), (scale.Range!.Minimum, scale.Range.Maximum));
    }

    [Fact]
    public void Every_option_of_every_operation_has_help_and_a_default_that_it_takes()
    {
        foreach (var operation in CheckpointOperations.All)
        {
            Assert.NotEqual("", operation.Summary);
            foreach (var option in operation.Options)
            {
                Assert.NotEqual("", option.Help);
                if (option.Default.Length > 0)
                {
                    Assert.NotNull(option.Parse(option.Default, 2));
                }
            }
        }
    }

    [Theory]
    [InlineData("step-origin")]
    [InlineData("StepOrigin")]
    [InlineData("stepOrigin")]
    [InlineData("steporigin")]
    public void An_option_is_called_by_its_name_in_any_spelling(string name) => Assert.True(OptionOf(nameof(Options.Take), "stepOrigin").IsCalled(name));

    [Theory]
    [InlineData("count", "3", 3)]
    [InlineData("count", "-4", -4)]
    [InlineData("big", "5000000000", 5000000000L)]
    [InlineData("stepOrigin", "1e-3", 1e-3)]
    [InlineData("flag", "TRUE", true)]
    [InlineData("text", "a,b", "a,b")]
    [InlineData("day", "monday", DayOfWeek.Monday)]
    public void Values_are_read_by_type(string name, string text, object expected) =>
        Assert.Equal(expected, OptionOf(nameof(Options.Take), name).Parse(text, 2));

    [Theory]
    [InlineData("each", "0.5", new[] { 0.5, 0.5, 0.5 })]
    [InlineData("each", "1; 0.5 ,0", new[] { 1, 0.5, 0 })]
    [InlineData("numbers", "1,2", new[] { 1.0, 2 })]
    public void A_list_has_one_value_or_as_many_as_there_are_inputs(string name, string text, double[] expected) =>
        Assert.Equal(expected, OptionOf(nameof(Options.Take), name).Parse(text, 3));

    [Theory]
    [InlineData("count", "3.5", "count is '3.5'; it is a whole number, -4 to 7")]
    [InlineData("count", "8", "count is '8'; it is a whole number, -4 to 7")]
    [InlineData("stepOrigin", "NaN", "step-origin is 'NaN'; it is a number")]
    [InlineData("stepOrigin", "1,5", "step-origin is '1,5'; it is a number")]
    [InlineData("flag", "yes", "flag is 'yes'; it is true or false")]
    [InlineData("each", "1,0.5", "each has 2 values for 3 inputs; it has one, or one for each input")]
    [InlineData("each", "1,,2", "each is ''; it is 0 to 1; one value, or one for each input with commas between them")]
    [InlineData("each", "1,2,3", "each is '2'; it is 0 to 1; one value, or one for each input with commas between them")]
    [InlineData("day", "someday", "day is 'someday'; it is sunday or monday or tuesday or wednesday or thursday or friday or saturday")]
    public void What_is_of_another_form_is_told_with_what_was_expected(string name, string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => OptionOf(nameof(Options.Take), name).Parse(text, 3)).Message);

    [Theory]
    [InlineData(nameof(Wrong.NotMarked), "has no [CheckpointOperation]")]
    [InlineData(nameof(Wrong.Nothing), "is no operation")]
    [InlineData(nameof(Wrong.OtherResult), "is no operation")]
    [InlineData(nameof(Wrong.UpperCase), "lower-case letters")]
    [InlineData(nameof(Wrong.WithoutDefault), "has no default")]
    [InlineData(nameof(Wrong.OtherType), "an option is a whole number")]
    [InlineData(nameof(Wrong.TakenName), "a name that the verb itself has")]
    public void A_method_that_is_no_operation_is_refused(string method, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new CheckpointOperation(typeof(Wrong).GetMethod(method)!)).Message);

    [Fact]
    public void A_name_is_given_once()
    {
        CheckpointOperations.Register(typeof(SampleOperations).Assembly);
        var problem =
            Assert.Throws<ArgumentException>(() => CheckpointOperations.Register(new CheckpointOperation(typeof(Wrong).GetMethod(nameof(Wrong.Noise))!)));
        Assert.Contains("SampleOperations.Noise in Reparam.Merging.Tests", problem.Message);
    }

    private static OperationOption OptionOf(string method, string name) =>
        new CheckpointOperation(typeof(Options).GetMethod(method, BindingFlags.Public | BindingFlags.Static)!).Options.Single(option => option.IsCalled(name));

    // Nested in what is public here alone: Register looks at exported types.
    private static class Options
    {
        [CheckpointOperation("take")]
        public static TensorResult Take(
            TensorInputs tensor, [PerInput(1), ReparamRange(0, 1)] double[] each, [ReparamRange(-4, 7)] int count = 1, long big = 1, double stepOrigin = 0,
                bool flag = false, string? text = null,
            DayOfWeek day = DayOfWeek.Friday, double[]? numbers = null) =>
                throw new InvalidOperationException($"{tensor}{each}{count}{big}{stepOrigin}{flag}{text}{day}{numbers}");
    }

    private static class Wrong
    {
        public static TensorResult NotMarked(TensorInputs tensor) => throw new InvalidOperationException($"{tensor}");

        [CheckpointOperation("nothing")]
        public static TensorResult Nothing() => throw new InvalidOperationException();

        [CheckpointOperation("other-result")]
        public static TensorOperation OtherResult(TensorInputs tensor) => throw new InvalidOperationException($"{tensor}");

        [CheckpointOperation("UpperCase")]
        public static TensorResult UpperCase(TensorInputs tensor) => throw new InvalidOperationException($"{tensor}");

        [CheckpointOperation("without-default")]
        public static TensorResult WithoutDefault(TensorInputs tensor, int count) => throw new InvalidOperationException($"{tensor}{count}");

        [CheckpointOperation("other-type")]
        public static TensorResult OtherType(TensorInputs tensor, decimal count = 1) => throw new InvalidOperationException($"{tensor}{count}");

        [CheckpointOperation("taken-name")]
        public static TensorResult TakenName(TensorInputs tensor, int dryRun = 1) => throw new InvalidOperationException($"{tensor}{dryRun}");

        [CheckpointOperation("noise")]
        public static TensorResult Noise(TensorInputs tensor) => throw new InvalidOperationException($"{tensor}");
    }
}
