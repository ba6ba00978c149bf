using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Tests.Harness;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Tests.Twins;

public class TwinIncrementalityTests
{
    private const string Child = """
        namespace Tests;

        [ReparamModule]
        public sealed partial class Child : Module<Tensor, Tensor>
        {
            public Child() : base(nameof(Child)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x + 1;
        }
        """;

    private const string Parent = """
        namespace Tests;

        [ReparamModule]
        public sealed partial class Parent : Module<Tensor, Tensor>
        {
            private readonly Child child = new();

            public Parent() : base(nameof(Parent)) => RegisterComponents();

            public override Tensor forward(Tensor x) => child.call(x) * 2;
        }
        """;

    [Fact]
    public void A_comment_changes_no_twin()
    {
        var first = GeneratorRun.Of(Parent, Child);
        var again = first.Again(first.Input.WithSource(1, Child.Replace("x + 1;", "/* why */ x + 1; // because", StringComparison.Ordinal)));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged], again.Reasons(TrackingNames.Twins));
        Assert.All(again.OutputReasons(), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edited_body_changes_its_own_twin_only()
    {
        var first = GeneratorRun.Of(Parent, Child);
        var again = first.Again(first.Input.WithSource(1, Child.Replace("x + 1", "x + 2", StringComparison.Ordinal)));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified], again.Reasons(TrackingNames.Twins));
        Assert.Contains("x + 2", again.File("Tests.Child.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unrelated_class_changes_no_twin()
    {
        var first = GeneratorRun.Of(Parent, Child, "namespace Tests; public class Other { }");
        var again = first.Again(first.Input.WithSource(2, "namespace Tests; public class Other { public int Count; }"));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged], again.Reasons(TrackingNames.Twins));
    }

    [Theory]
    [InlineData(2, "=> 1", "=> 2", true)]
    [InlineData(2, "{ return 3; }", "{ return 4; }", true)]
    [InlineData(2, "/* here */", "/* there */", true)]
    [InlineData(2, "int Count", "long Count", false)]
    [InlineData(2, "Limit = 5", "Limit = 6", false)]
    [InlineData(1, "x + 1", "x + 2", false)]
    [InlineData(0, "* 2", "* 3", false)]
    public void Nothing_is_bound_again_for_a_body_that_no_twin_reaches(int file, string from, string to, bool isKept)
    {
        const string Other = "namespace Tests; public class Other { public const int Limit = 5; public int Count => 1; public int Size() { return 3; } /* here */ }";
        string[] sources = [Parent, Child, Other];
        Assert.Contains(from, sources[file], StringComparison.Ordinal);
        var first = TestCompilation.Create(sources);
        var edited = first.WithSource(file, sources[file].Replace(from, to, StringComparison.Ordinal));
        var before = TwinResults.Of(TwinContext.Of(first)!, default);
        Assert.Equal(2, before.Twins.Length);
        Assert.Equal(isKept, ReferenceEquals(before, TwinResults.Of(TwinContext.Of(edited)!, default)));
    }

    [Fact]
    public void Analyzers_find_what_the_generator_made()
    {
        var run = GeneratorRun.Of(Parent, Child);
        Assert.Same(TwinResults.Of(TwinContext.Of(run.Input)!, default), TwinResults.Of(TwinContext.Of(run.Output)!, default));
    }

    [Theory]
    [InlineData("=> 1", "=> 2", true)]
    [InlineData("{ return 3; }", "{ return 4; }", true)]
    [InlineData("/* here */", "/* there */", true)]
    [InlineData("int Count", "long Count", false)]
    [InlineData("Limit = 5", "Limit = 6", false)]
    [InlineData("/* here */", "public int Size(int by) => by;", false)]
    public void A_twin_is_known_to_compile_for_as_long_as_all_declarations_are_the_same(string from, string to, bool isKnown)
    {
        const string Source =
            "namespace Tests; public class Other { public const int Limit = 5; public int Count => 1; public int Size() { return 3; } /* here */ }";
        var first = TestCompilation.Create([Source], $"Verdict {to}");
        Verdict(first, "same", "old").Keep();
        var again = Verdict(first.WithSource(0, Source.Replace(from, to, StringComparison.Ordinal)), "same", "new");
        Assert.Equal((isKnown, false), (again.IsKnown("same"), again.IsKnown("new")));
        Assert.False(Verdict(first.WithAssemblyName($"Another {to}"), "same").IsKnown("same"));
        Assert.False(Verdict(first.RemoveReferences(first.References.Last()), "same").IsKnown("same"));

        static TwinVerdict Verdict(Compilation compilation, params string[] texts) => new(compilation, compilation.SyntaxTrees, texts);
    }

    [Fact]
    public void A_class_that_loses_its_mark_is_still_reached()
    {
        var first = GeneratorRun.Of(Parent, Child);
        var again = first.Again(first.Input.WithSource(1, Child.Replace("[ReparamModule]", "", StringComparison.Ordinal)));
        Assert.Contains(again.Result.GeneratedSources, s => s.HintName == "Tests.Child.Twin.g.cs");
    }

    [Fact]
    public void A_class_that_nobody_reaches_has_no_twin()
    {
        var first = GeneratorRun.Of(Parent, Child);
        var again = first.Again(first.Input.WithSource(0, "namespace Tests; public class Parent { }").WithSource(1, Child.Replace("[ReparamModule]", "", StringComparison.Ordinal)));
        Assert.DoesNotContain(again.Result.GeneratedSources, s => s.HintName == "Tests.Child.Twin.g.cs");
    }

    [Fact]
    public void The_model_is_text_and_equal_for_equal_sources()
    {
        var one = GeneratorRun.Of(Parent, Child).Models(TrackingNames.Twins);
        var two = GeneratorRun.Of(Parent, Child).Models(TrackingNames.Twins);
        Assert.Equal(2, one.Length);
        Assert.Equal(one, two);
        Assert.All(one, ModelGraph.AssertHoldsNoCompilerObjects);
    }
}
