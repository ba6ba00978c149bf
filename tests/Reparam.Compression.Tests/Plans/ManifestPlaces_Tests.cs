using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Tests.Plans;

/// <summary>Layers in containers and below: which tensors of a checkpoint a manifest's patterns take.</summary>
public sealed class ManifestPlaces_Tests : IDisposable
{
    private const string Method = """ "method": "shiftadd", "options": { "bits": 4 } """;

    private readonly string file = Path.Combine(Path.GetTempPath(), $"places-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("""{ "path": "f.0", "kind": "linear", METHOD }, { "path": "f.2", "kind": "linear", METHOD }""", "", "f.0 f.2")]
    [InlineData("""{ "path": "f.*", "kind": "linear", METHOD }""", "", "f.0 f.2")]
    [InlineData("""{ "path": "d.?", "kind": "linear", METHOD }""", "", "d.key d.query")]
    [InlineData("""{ "path": "mix.*", "kind": "linear", "some": true, METHOD }""", "", "mix.0")]
    [InlineData("""{ "path": "mix.*", "kind": "linear", "some": true, METHOD }, { "path": "mix.*", "kind": "conv2d", "some": true, METHOD }""", "", "mix.0 mix.2")]
    [InlineData("""{ "path": "mix.*", "kind": "linear", "some": true }, { "path": "mix.*", "kind": "conv2d", "some": true, METHOD }""", "", "mix.2")]
    [InlineData("""{ "path": "f.0", "kind": "linear" }, { "path": "f.*", "kind": "linear", METHOD }""", "", "f.2")]
    [InlineData("", """{ "path": "mix", "kinds": ["linear", "conv2d"], METHOD }""", "mix.0 mix.2")]
    [InlineData("", """{ "path": "mix", "kinds": ["conv2d"], METHOD }""", "mix.2")]
    [InlineData("", """{ "path": "mix.0", "kinds": ["linear"], METHOD }""", "mix.0")]
    [InlineData("", """{ "path": "", "kinds": ["linear"], METHOD }""", "d.key d.query f.0 f.2 mix.0")]
    [InlineData("""{ "path": "f.0", "kind": "linear" }""", """{ "path": "", "kinds": ["linear"], METHOD }""", "d.key d.query f.2 mix.0")]
    [InlineData("", """{ "path": "", "kinds": ["linear"], METHOD }, { "path": "d", "kinds": ["linear"] }""", "f.0 f.2 mix.0")]
    [InlineData("", """{ "path": "", "targets": "d\\.q.*|f\\.\\d", "kinds": ["linear"], METHOD }""", "d.query f.0 f.2")]
    [InlineData("""{ "path": "d.?", "kind": "linear" }""", """{ "path": "d.?", "targets": "d\\.q.*", "kinds": ["linear"], METHOD }""", "d.query")]
    public void A_pattern_takes(string layers, string below, string expected) =>
        Assert.Equal(expected.Split(' '), Expand(layers, below).Select(layer => layer.Tensor[..^7]).Order(StringComparer.Ordinal));

    [Fact]
    public void What_is_below_a_child_is_the_childs()
    {
        var layers = Expand("", $$"""{ "path": "", "kinds": ["linear"], {{Method}} }""", """{ "path": "d", "module": "My.Child" }""");
        Assert.Equal(["f.0.weight", "f.2.weight", "mix.0.weight"], layers.Select(layer => layer.Tensor).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_class_without_a_mark_has_the_methods_of_the_class_that_reaches_it_for_its_own_kinds()
    {
        const string Reached = """
            { "version": 1, "root": false, "reached": true, "layers": [ { "path": "0", "kind": "embedding" } ], "others": [ { "path": "2", "type": "ConvTranspose2d" } ],
              "children": [], "tensors": [], "open": [""] }
            """;
        var layers = Expand("", $$"""{ "path": "mix", "kinds": ["linear", "conv2d", "embedding"], {{Method}} }""", """{ "path": "mix", "module": "My.Child" }""", Reached);
        var only = Assert.Single(layers);
        Assert.Equal(("mix.0.weight", true), (only.Tensor, only.IsLookedUp));
        Assert.Empty(Expand("", $$"""{ "path": "mix", "kinds": ["linear"], {{Method}} }""", """{ "path": "mix", "module": "My.Child" }""", Reached));
    }

    [Fact]
    public void A_class_that_is_a_layer_by_its_own_code_is_coded_at_its_own_path()
    {
        const string Own = """
            { "version": 1, "root": false, "layers": [ { "path": "", "kind": "linear", METHOD } ], "children": [],
              "tensors": [ { "path": "weight", "shape": [null, null], "required": true, "buffer": true } ], "open": [] }
            """;
        const string Child = """{ "path": "d.key", "module": "My.Child", "required": true }""";
        var marked = Own.Replace("METHOD", Method, StringComparison.Ordinal);
        Assert.Equal("d.key.weight", Assert.Single(Expand("", "", Child, marked)).Tensor);

        // Without a mark it has the method of the class that reaches it.
        var reached = Own.Replace(", METHOD", "", StringComparison.Ordinal).Replace("false, ", "false, \"reached\": true, ", StringComparison.Ordinal);
        Assert.Equal("d.key.weight", Assert.Single(Expand("", $$"""{ "path": "d.key", "kinds": ["linear"], {{Method}} }""", Child, reached)).Tensor);
        Assert.Empty(Expand("", $$"""{ "path": "d.key", "kinds": ["embedding"], {{Method}} }""", Child, reached));
    }

    [Fact]
    public void A_child_that_may_be_a_container_instead_is_entered_only_where_it_fits()
    {
        var child = $$"""
            { "version": 1, "root": false, "layers": [ { "path": "inner", "kind": "linear", {{Method}} } ], "children": [],
              "tensors": [ { "path": "inner.weight", "shape": [null, null], "required": true } ], "open": [""] }
            """;
        const string Choice = """{ "path": "mix", "module": "My.Child" }""";
        Assert.Equal("mix.0.weight", Assert.Single(Expand($$"""{ "path": "mix.0", "kind": "linear", {{Method}} }""", "", Choice, child)).Tensor);
        Assert.Throws<CompressionException>(() => Expand("", "", Choice, child));
    }

    [Fact]
    public void Without_a_flag_another_shape_is_an_error()
    {
        var refused = Assert.Throws<CompressionException>(() => Expand($$"""{ "path": "mix.*", "kind": "linear", {{Method}} }""", ""));
        Assert.Contains("RPB0104", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains("mix.1.weight", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_that_are_no_expression_are_refused()
    {
        var refused = Assert.Throws<CompressionException>(() => Expand("", $$"""{ "path": "", "targets": "(", "kinds": ["linear"], {{Method}} }"""));
        Assert.Contains("the targets '(' are no regular expression", refused.ToString(), StringComparison.Ordinal);
    }

    private IReadOnlyList<LayerPlan> Expand(string layers, string below, string children = "", string? child = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var name in new[] { "f.0", "f.2", "d.key", "d.query", "mix.0" })
        {
            writer.Add<float>($"{name}.weight", [8, 16], new float[128]);
        }

        writer.Add<float>("mix.1.weight", [8], new float[8]);
        writer.Add<float>("mix.2.weight", [2, 4, 3, 3], new float[72]);
        writer.Add<float>("mix.0.bias", [8], new float[8]);
        writer.Write(file);
        using var checkpoint = Checkpoint.Open(file);
        var json = $$"""{ "version": 1, "root": true, "layers": [{{layers}}], "below": [{{below}}], "children": [{{children}}], "tensors": [], "open": [""] }""";
        var plan = new BuildPlan
        {
            Version = 1,
            Checkpoint = file,
            Output = file + ".packed",
            Model = "My.Net",
            Manifests = new Dictionary<string, ModuleManifest>
            {
                ["My.Net"] = ModuleManifest.Parse(json.Replace("METHOD", Method, StringComparison.Ordinal)),
                ["My.Child"] = ModuleManifest.Parse(child ?? """{ "version": 1, "root": false, "layers": [], "children": [], "tensors": [], "open": [""] }"""),
            },
        };
        return ManifestExpander.Expand(checkpoint, plan);
    }
}
