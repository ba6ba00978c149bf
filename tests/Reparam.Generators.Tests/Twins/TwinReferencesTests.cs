using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Twins;

/// <summary>Marked classes of a referenced assembly.</summary>
public class TwinReferencesTests
{
    private const string Library = """
        namespace Library;

        [ReparamModule]
        public sealed partial class Layer : Module<Tensor, Tensor>
        {
            public Layer() : base(nameof(Layer)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x + 1;
        }
        """;

    private const string App = """
        namespace App;

        [ReparamModule]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            private readonly Library.Layer layer = new();

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.call(x);
        }
        """;

    [Fact]
    public void Their_twins_are_used_by_name()
    {
        var library = GeneratorRun.Of(TestCompilation.Create([Library], "Library")).ToReference();
        var run = GeneratorRun.Of(TestCompilation.Create([App], "App", library)).AssertCompiles();
        Assert.Contains("private readonly global::Library.LayerRuntime layer = new();", run.File("App.Net.Twin.g.cs"), StringComparison.Ordinal);
        Assert.Empty(TwinAnalysis.Diagnostics(run.Output));
    }

    [Fact]
    public void A_library_that_was_built_without_twins_is_reported()
    {
        var plain = TestCompilation.Create([Library], "Library");
        var withoutRuntime = plain.WithReferences(plain.References.Where(r => !r.Display!.EndsWith("Reparam.Runtime.dll", StringComparison.Ordinal)));
        var library = GeneratorRun.Of(withoutRuntime).ToReference();
        var run = GeneratorRun.Of(TestCompilation.Create([App], "App", library)).AssertCompiles();
        Assert.Equal(["RP0201"], TwinAnalysis.Diagnostics(run.Output).Select(d => d.Id).Distinct());
    }
}
