using System.Text.RegularExpressions;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Layers;

/// <summary>Which methods a layer gets, from assembly, class and property, and in which order.</summary>
public class Layers_Scopes
{
    [Theory]
    [InlineData("", "", "", "(plain)")]
    [InlineData("Compand", "", "", "CompandLinear: new CompandAttribute()")]
    [InlineData("Compand(A = 2f)", "Compand(A = 3f)", "", "CompandLinear: new CompandAttribute() { A = 3f }")]
    [InlineData("Compand(A = 2f)", "Compand(A = 3f)", "Compand(A = 4f)", "CompandLinear: new CompandAttribute() { A = 4f }")]
    [InlineData("Compand", "", "Compand(Ignore = true)", "(plain)")]
    [InlineData("Compand", "Compand(Ignore = true)", "", "(plain)")]
    [InlineData("Compand", "Compand(Ignore = true)", "Compand", "CompandLinear: new CompandAttribute()")]
    [InlineData("Compand", "SigmaReparam", "LoRA(2)", "CompandSigmaReparamLoRALinear: new CompandAttribute() new SigmaReparamAttribute() new LoRAAttribute(2)")]
    [InlineData("LoRA(2, Order = 1)", "", "Compand", "CompandLoRALinear: new CompandAttribute() new LoRAAttribute(2)")]
    [InlineData("", "", "Compand(Order = 2), SigmaReparam(Order = -1)", "SigmaReparamCompandLinear: new SigmaReparamAttribute() new CompandAttribute()")]
    [InlineData("", "Compand(Targets = \"Query\")", "", "CompandLinear: new CompandAttribute()")]
    [InlineData("", "Compand(Targets = \"Que|Key\")", "", "(plain)")]
    [InlineData("", "Compand(Targets = \"Q.*|Key\")", "", "CompandLinear: new CompandAttribute()")]
    [InlineData("Compand(Targets = \"Key\")", "", "", "(plain)")]
    [InlineData("", "Compand(Targets = \"(\")", "", "(plain)")]
    [InlineData("ShiftAdd(3)", "ShiftAdd(2)", "", "(plain)")]
    public void The_nearest_scope_wins_for_each_method(string onAssembly, string onClass, string onProperty, string expected)
    {
        var run = GeneratorRun.Of($$"""
            {{(onAssembly.Length > 0 ? $"[assembly: {onAssembly}]" : "")}}
            namespace Tests;
            [ReparamModule] {{(onClass.Length > 0 ? $"[{onClass}]" : "")}}
            public partial class Block : Module<Tensor, Tensor>
            {
                {{(onProperty.Length > 0 ? $"[{onProperty}]" : "")}} public partial Module<Tensor, Tensor> Query { get; private set; }
                public Block() : base(nameof(Block)) { Query = Linear(4, 4); RegisterComponents(); }
                public override Tensor forward(Tensor x) => Query.call(x);
            }
            """).AssertCompiles();
        Assert.Equal(expected, Describe(run.File("Tests.Block.Components.g.cs")));
    }

    [Fact]
    public void Layout_and_a_fixed_width_stand_in_the_manifest_by_name()
    {
        var run = GeneratorRun.Of("""
            namespace Tests;
            [ReparamModule]
            public partial class Block : Module<Tensor, Tensor>
            {
                [ShiftAdd(2, Layout = ShiftAddLayout.Nested, Fixed = true)] public partial Module<Tensor, Tensor> Query { get; private set; }
                public Block() : base(nameof(Block)) { Query = Linear(4, 4); RegisterComponents(); }
                public override Tensor forward(Tensor x) => Query.call(x);
            }
            """).AssertCompiles();
        Assert.Contains("""
            "options": { "bits": 2, "layout": "Nested", "fixed": true }
            """, run.Files(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_in_the_global_namespace_and_an_awkward_assembly_name_work()
    {
        const string Source = """
            [ReparamModule]
            public partial class Block : Module<Tensor, Tensor>
            {
                [Compand] public partial Module<Tensor, Tensor> @event { get; private set; }
                public Block() : base(nameof(Block)) { @event = Linear(4, 4); RegisterComponents(); }
                public override Tensor forward(Tensor x) => @event.call(x);
            }
            """;
        var run = GeneratorRun.Of(TestCompilation.Create([Source], "3d-models.class")).AssertCompiles();
        Assert.Contains("namespace ReparamLayers._3d_models.@class;", run.Files("ReparamLayers"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_of_another_assembly_is_named_in_the_manifest()
    {
        var library = GeneratorRun.Of(TestCompilation.Create(["""
            namespace Library;
            [ReparamModule]
            public partial class Block : Module<Tensor, Tensor>
            {
                [Compand] public partial Module<Tensor, Tensor> Query { get; private set; }
                public Block() : base(nameof(Block)) { Query = Linear(4, 4); RegisterComponents(); }
                public override Tensor forward(Tensor x) => Query.call(x);
            }
            """], "Library")).ToReference();
        var run = GeneratorRun.Of(TestCompilation.Create(["""
            namespace Tests;
            [ReparamModel]
            public partial class Model : Module<Tensor, Tensor>
            {
                public partial ModuleList<Library.Block> Blocks { get; private set; }
                public partial Module<Tensor, Tensor> Last { get; private set; }
                public Model() : base(nameof(Model))
                {
                    Blocks = ModuleList(new Library.Block());
                    Last = new Library.Block();
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x) => Last.call(Blocks[0].call(x));
            }
            """], "Models", library)).AssertCompiles();
        Assert.Contains(
            """
                  "children": [
                    { "path": "blocks.*", "module": "Library.Block", "required": true },
                    { "path": "last", "module": "Library.Block", "required": true }
                  ],
            """,
            run.File("Tests.Model.Manifest.g.cs"),
            StringComparison.Ordinal);
    }

    // The layer class of the first property and the options it is given.
    private static string Describe(string setters)
    {
        var name = Regex.Match(setters, @"ReparamLayers\.Models\.(\w+)\(");
        var options = Regex.Matches(setters, @"\w+: (new global::Reparam\..*),\n")
            .Select(m => m.Groups[1].Value.Replace("global::Reparam.", "", StringComparison.Ordinal))
            .Select(text => text.Count(c => c == ')') > text.Count(c => c == '(') ? text[..^1] : text);
        return name.Success ? $"{name.Groups[1].Value}: {string.Join(" ", options)}" : "(plain)";
    }
}
