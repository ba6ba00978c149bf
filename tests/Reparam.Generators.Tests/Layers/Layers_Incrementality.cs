using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Layers;

public class Layers_Incrementality
{
    private const string Block = """
        namespace Tests;

        [ReparamModule]
        public partial class Block : Module<Tensor, Tensor>
        {
            [Compand(A = 2f), ShiftAdd(3)] public partial Module<Tensor, Tensor> Query { get; private set; }
            public Block() : base(nameof(Block)) { Query = Linear(8, 8); RegisterComponents(); }
            public override Tensor forward(Tensor x) => Query.call(x);
        }
        """;

    private const string Other = """
        namespace Tests;

        [ReparamModule]
        public partial class Other : Module<Tensor, Tensor>
        {
            [SigmaReparam] public partial Module<Tensor, Tensor> Key { get; private set; }
            public Other() : base(nameof(Other)) { Key = Linear(8, 8); RegisterComponents(); }
            public override Tensor forward(Tensor x) => Key.call(x);
        }
        """;

    [Theory]
    [InlineData("{ Query = ", "{ /* a comment */ Query = ")]
    [InlineData("namespace Tests;", "namespace Tests;\n\n// moved down\n\npublic class Unrelated { }\n")]
    [InlineData("=> Query.call(x)", "=> Query.call((x))")]
    public void An_edit_that_changes_no_annotation_emits_nothing_again(string from, string to)
    {
        var run = Edit(from, to);
        Assert.Equal([Cached, Cached], run.Reasons(TrackingNames.Modules));
        Assert.All(run.Reasons(TrackingNames.Manifests), reason => Assert.Equal(Cached, reason));
        Assert.All(run.Reasons(TrackingNames.Layers), reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void A_changed_number_of_a_training_method_touches_the_setter_alone()
    {
        var run = Edit("A = 2f", "A = 3f");
        Assert.Equal([Modified, Cached], run.Reasons(TrackingNames.Modules));
        Assert.Equal([Unchanged, Cached], run.Reasons(TrackingNames.Manifests));
        Assert.Equal([Unchanged, Unchanged], run.Reasons(TrackingNames.Layers));
    }

    [Fact]
    public void A_changed_number_of_a_post_training_method_touches_the_manifest_and_no_layer()
    {
        var run = Edit("ShiftAdd(3)", "ShiftAdd(4)");
        Assert.Equal([Modified, Cached], run.Reasons(TrackingNames.Manifests));
        Assert.Equal([Unchanged, Unchanged], run.Reasons(TrackingNames.Layers));
    }

    [Fact]
    public void A_renamed_member_touches_its_class_alone()
    {
        var first = GeneratorRun.Of(Block, Other);
        var run = first.Again(first.Input.WithSource(0, Block.Replace("Query", "Value")));
        Assert.Equal([Modified, Cached], run.Reasons(TrackingNames.Modules));
        Assert.Equal([Modified, Cached], run.Reasons(TrackingNames.Manifests));
        Assert.Equal([Unchanged, Unchanged], run.Reasons(TrackingNames.Layers));
    }

    [Fact]
    public void A_new_method_adds_its_layer_and_keeps_the_others()
    {
        var run = Edit("[Compand(A = 2f), ", "[Compand(A = 2f), LoRA(2), ");
        Assert.Equal([Modified, Unchanged], run.Reasons(TrackingNames.Layers));
    }

    [Fact]
    public void The_models_hold_nothing_of_the_compiler()
    {
        var run = GeneratorRun.Of(Block, Other);
        var models = new[] { TrackingNames.Modules, TrackingNames.Layers, TrackingNames.Manifests }.SelectMany(run.Models).ToArray();
        Assert.Equal(6, models.Length);
        Assert.All(models, ModelGraph.AssertHoldsNoCompilerObjects);
    }

    [Fact]
    public void The_same_source_gives_equal_models()
    {
        var (first, second) = (GeneratorRun.Of(Block, Other), GeneratorRun.Of(Block, Other));
        foreach (var step in new[] { TrackingNames.Modules, TrackingNames.Layers, TrackingNames.Manifests })
        {
            Assert.Equal(first.Models(step), second.Models(step));
            Assert.Equal(first.Models(step).Select(m => m.GetHashCode()), second.Models(step).Select(m => m.GetHashCode()));
        }
    }

    private const IncrementalStepRunReason Cached = IncrementalStepRunReason.Cached;
    private const IncrementalStepRunReason Unchanged = IncrementalStepRunReason.Unchanged;
    private const IncrementalStepRunReason Modified = IncrementalStepRunReason.Modified;

    private static GeneratorRun Edit(string from, string to)
    {
        var first = GeneratorRun.Of(Block, Other);
        Assert.Contains(from, Block, StringComparison.Ordinal);
        return first.Again(first.Input.WithSource(0, Block.Replace(from, to)));
    }
}
