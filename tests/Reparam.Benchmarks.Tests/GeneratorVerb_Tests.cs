namespace Reparam.Benchmarks.Tests;

/// <summary>The verb <c>generator</c>, on few classes.</summary>
public class GeneratorVerb_Tests
{
    [Fact]
    public void Every_part_of_a_compile_and_every_edit_has_a_line()
    {
        var run = VerbRun.Of("generator", "--classes", "5", "--repeat", "1", "--edits");

        Assert.Equal((0, ""), (run.Status, run.Error));
        foreach (var part in (string[])["compile alone", "generator", "analyzers", "generator and analyzers", "compile with what is emitted"])
        {
            Assert.Matches($@"\| {part} \| -?\d+\.\d+ \| -?\d+ ?% \|", run.Output);
        }

        Assert.Matches(@"\| white space in a marked class \| \d+ \|", run.Output);
    }

    [Fact]
    public void A_number_of_classes_that_is_no_multiple_of_the_shapes_is_refused()
    {
        var run = VerbRun.Of("generator", "--classes", "7");

        Assert.NotEqual(0, run.Status);
        Assert.Contains("--classes is 7; it takes a multiple of 5", run.Error);
    }
}
