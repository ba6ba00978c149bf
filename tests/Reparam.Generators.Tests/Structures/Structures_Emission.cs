using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Tests.Harness;
using Reparam.Training;
using static TorchSharp.torch;

namespace Reparam.Generators.Tests.Structures;

public class Structures_Emission
{
    [Fact]
    public void The_block_gets_its_method_and_options_and_no_twin()
    {
        var run = GeneratorRun.Of(StructureSources.Net().Replace("Halved(2)]", "Halved(2, Note = \"a\\\"b\")]")).AssertCompiles();
        var part = run.File("Tests.Block.Structure.g.cs");
        Assert.Contains("FoldMethod { get; } = new global::Tests.HalvedFold();", part, StringComparison.Ordinal);
        Assert.Contains("FoldOptions { get; } = new global::Tests.HalvedAttribute(2) { Note = \"a\\\"b\" };", part, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Result.GeneratedSources, file => file.HintName is "Tests.Block.Twin.g.cs" or "Tests.Folded.Structure.g.cs");
        var twin = run.File("Tests.Net.Twin.g.cs");
        Assert.Contains("Typed = new global::Tests.FoldedRuntime(width)", twin, StringComparison.Ordinal);
        Assert.Contains("new global::Tests.FoldedRuntime(width: width)", twin, StringComparison.Ordinal);
        Assert.DoesNotContain("Block", twin, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_names_the_folded_class_method_and_options()
    {
        var run = GeneratorRun.Of(StructureSources.Net().Replace("Halved(2)]", "Halved(2, Note = \"n\")]"));
        Assert.Contains(
            """ "folded": { "module": "Tests.Folded", "method": "Tests.HalvedFold", "options": { "times": 2, "note": "n" } }""",
            run.File("Tests.Block.Manifest.g.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain("folded", run.File("Tests.Folded.Manifest.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_structure_of_another_assembly_ships_as_its_folded_class_too()
    {
        var library = GeneratorRun.Of(StructureSources.Net()).ToReference();
        var run = GeneratorRun.Of(TestCompilation.Create(
            ["""
            namespace Apps;
            [ReparamModel] public sealed partial class App : Module<Tensor, Tensor>
            {
                private readonly Tests.Block block;
                public App() : base("App") { block = new Tests.Block(4); RegisterComponents(); }
                public override Tensor forward(Tensor x) => block.forward(x);
            }
            """], "Apps", library)).AssertCompiles();
        Assert.Contains("new global::Tests.FoldedRuntime(4)", run.File("Apps.App.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_elsewhere_leaves_the_structure_cached_and_one_of_its_options_does_not()
    {
        var compilation = TestCompilation.Create([StructureSources.Net(), "namespace Tests; public class Unrelated;"]);
        var run = GeneratorRun.Of(compilation);
        var unrelated = run.Again(compilation.WithSource(1, "namespace Tests; public class Unrelated2;"));
        Assert.All(unrelated.Reasons(TrackingNames.Structures), reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        var edited = run.Again(compilation.WithSource(0, StructureSources.Net().Replace("Halved(2)]", "Halved(3)]")));
        Assert.Contains(IncrementalStepRunReason.Modified, edited.Reasons(TrackingNames.Structures));
        Assert.All(run.Models(TrackingNames.Structures), ModelGraph.AssertHoldsNoCompilerObjects);
    }

    [Fact]
    public void A_fold_that_does_not_fit_its_class_says_all_that_differs()
    {
        var models = GeneratorRun.Of(StructureSources.Net().Replace("\"once.weight\", \"twice.weight\", [rows, columns]", "\"one.weight\", \"twice.weight\", [rows, columns]")).Load();
        var block = (IStructureBlock)Activator.CreateInstance(models.GetType("Tests.Block")!, 4L)!;
        var refused = Assert.Throws<Compression.Structures.StructureException>(() => block.Fold());
        Assert.Equal("the fold of Block does not fit Folded: it gives no 'once.weight'; it gives 'one.weight', which it lacks", refused.Message);
        Assert.False(block.IsFolded);
        using var x = ones(1, 4);
        Assert.Equal([1, 4], ((nn.Module<Tensor, Tensor>)block).call(x).shape);
    }
}
