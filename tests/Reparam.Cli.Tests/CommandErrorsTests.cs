using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary>Whatever a command meets, it prints lines that the build can read, and no stack trace.</summary>
public sealed class CommandErrorsTests
{
    public static TheoryData<Exception, string> Unforeseen => new()
    {
        { new OutOfMemoryException("Array dimensions exceeded supported range."), "reparam: error RPB0141: there is too little memory for this: Array dimensions exceeded supported range." },
        { new InvalidOperationException("two\nlines"), "reparam: error RPB0142: InvalidOperationException: two\\u000alines" },
        { new AggregateException(new OutOfMemoryException("a")), "reparam: error RPB0141: there is too little memory for this: a" },
        { new TypeInitializationException("T", new ArgumentException("b")), "reparam: error RPB0142: ArgumentException: b" },
    };

    [Theory]
    [MemberData(nameof(Unforeseen))]
    public void An_error_that_no_reader_foresaw_is_one_line(Exception thrown, string line)
    {
        var run = Run(() => throw thrown);
        Assert.Equal((1, line + Environment.NewLine), (run.Status, run.Error));
    }

    [Fact]
    public void A_cancellation_inside_a_parallel_loop_is_a_cancellation() =>
        Assert.Equal((CommandErrors.Cancelled, ""), Run(() => throw new AggregateException(new OperationCanceledException())));

    private static (int Status, string Error) Run(Action action)
    {
        using var error = new StringWriter();
        return (CommandErrors.Run(error, action), error.ToString());
    }
}
