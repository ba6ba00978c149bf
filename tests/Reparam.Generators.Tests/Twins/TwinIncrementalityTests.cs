using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Tests.Harness;

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
