using Reparam.Build.Worker;

namespace Reparam.Build.Tests.Worker;

public class WorkerLineTests
{
    [Fact]
    public void Progress_has_numbers_and_a_text()
    {
        var line = WorkerLine.Parse("##progress 3 12 blocks.0.wq  4 bits, error 0.10")!;
        Assert.Equal(WorkerLineKind.Progress, line.Kind);
        Assert.Equal((3, 12), (line.Done, line.Total));
        Assert.Equal("blocks.0.wq  4 bits, error 0.10", line.Text);
    }

    [Fact]
    public void A_warning_has_a_code_and_a_text()
    {
        var line = WorkerLine.Parse("##warn RPB0101 layer 'a' is all zero")!;
        Assert.Equal(WorkerLineKind.Warning, line.Kind);
        Assert.Equal("RPB0101", line.Code);
        Assert.Equal("layer 'a' is all zero", line.Text);
    }

    [Fact]
    public void A_summary_is_a_text()
    {
        var line = WorkerLine.Parse("##summary 12 layers")!;
        Assert.Equal(WorkerLineKind.Summary, line.Kind);
        Assert.Equal("12 layers", line.Text);
    }

    [Fact]
    public void A_detail_is_a_text_for_detailed_logs() =>
        Assert.Equal((WorkerLineKind.Detail, "a.weight stays dense"), (WorkerLine.Parse("##detail a.weight stays dense")!.Kind, WorkerLine.Parse("##detail a.weight stays dense")!.Text));

    [Theory]
    [InlineData("")]
    [InlineData("anything else")]
    [InlineData("##progress 1 of 2")]
    [InlineData("##progress 1 2")]
    [InlineData("##progress -1 2 x")]
    [InlineData("##warn RPB0101")]
    [InlineData("##other x")]
    [InlineData(" ##summary x")]
    public void Other_lines_are_not_the_protocols(string line) => Assert.Null(WorkerLine.Parse(line));
}
