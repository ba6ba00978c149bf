namespace Reparam.Benchmarks.Tests;

/// <summary>The verb <c>survey</c>, on small projects.</summary>
public sealed class SurveyVerb_Tests : IDisposable
{
    private const string Usings = """
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    // A layer, and the parts of a class that every test has.
    private const string Working = """
        public class Working : Module<Tensor, Tensor>
        {
            private readonly Linear fc;
            public Working() : base("w") { fc = Linear(4, 4); RegisterComponents(); }
            public override Tensor forward(Tensor x) => fc.call(x);
        }

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("survey").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_class_works_or_has_blockers_or_does_not_compile_by_itself()
    {
        Write("models", "Models.cs", Usings + Working + """
            public class Blocked() : Module<Tensor, Tensor>("b")
            {
                public override Tensor forward(Tensor x) => x.to_sparse();
            }

            public class User : Module<Tensor, Tensor>
            {
                private readonly Working works = new();
                public User() : base("u") => RegisterComponents();
                public override Tensor forward(Tensor x) => Factory.Make().call(works.call(x));
            }

            public static class Factory
            {
                public static Module<Tensor, Tensor> Make() => new Blocked();
            }

            public class Broken : Module<Tensor, Tensor>
            {
                public Broken() : base("x") { }
                public override Tensor forward(Tensor x) => x.noSuchOperation();
            }
            """);

        var run = VerbRun.Of("survey", folder, "--list");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("| models | 3 | ", run.Output);
        Assert.Matches(@"\| \*\*all\*\* \| 3 \| \d \(\d+ %\) \| 1 \(33 %\) \| \d+ \| 0 \| 1 \|", run.Output);
        Assert.Contains("  Working: works\n", run.Output);
        Assert.Contains("  Blocked: does not work\n    RP", run.Output);
        Assert.Contains("  Broken: left out, does not compile without marks: CS1061 ", run.Output);
    }

    [Fact]
    public void Files_in_folders_without_a_project_and_sections_are_compiled_each_by_itself()
    {
        Write("one", "A.cs", Usings + Working);
        Write("two", "A.cs", Usings + Working);
        Write("snippets", "all.cs", $"//=== first\n{Working}//=== second\n{Working}");

        var run = VerbRun.Of("survey", folder);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("| one | 1 | 1 (100 %) | 1 (100 %) | 0 | 0 | 0 |", run.Output);
        Assert.Contains("| two | 1 | 1 (100 %) | 1 (100 %) | 0 | 0 | 0 |", run.Output);
        Assert.Contains("| snippets/all.cs | 2 | 2 (100 %) | 2 (100 %) | 0 | 0 | 0 |", run.Output);
        Assert.DoesNotContain("blocker", run.Output);
    }

    [Fact]
    public void Code_fixes_are_applied_to_a_copy()
    {
        var source = Usings + """
            public class Annotated : Module<Tensor, Tensor>
            {
                [Reparam.LoRA(4)] public Module<Tensor, Tensor> Fc { get; private set; }
                public Annotated() : base("a") { Fc = Linear(8, 8); RegisterComponents(); }
                public override Tensor forward(Tensor x) => Fc.call(x);
            }
            """;
        Write("models", "Models.cs", source);

        Assert.Contains("| 1 | RP0005 ", VerbRun.Of("survey", folder).Output);

        var run = VerbRun.Of("survey", folder, "--edits");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("| **all** | 1 | 1 (100 %) | 1 (100 %) | 0 | 0 | 0 |", run.Output);
        Assert.Contains("Code fixes applied: RP0005 1.", run.Output);
        Assert.Equal(source, File.ReadAllText(Path.Combine(folder, "models", "Models.cs")));
    }

    [Fact]
    public void A_missing_folder_is_one_clear_error()
    {
        var run = VerbRun.Of("survey", Path.Combine(folder, "none"));

        Assert.Equal(1, run.Status);
        Assert.Contains("there is no folder", run.Error);
    }

    private void Write(string project, string file, string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, project));
        File.WriteAllText(Path.Combine(folder, project, file), text);
    }
}
