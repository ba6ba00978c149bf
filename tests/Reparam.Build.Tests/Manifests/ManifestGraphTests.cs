using Reparam.Build.Manifests;

namespace Reparam.Build.Tests.Manifests;

public class ManifestGraphTests
{
    [Fact]
    public void The_only_root_is_the_model()
    {
        var graph = Graph(Root("Ns.Model"), Plain("Ns.Block"));
        Assert.Equal("Ns.Model", graph.SelectModel(""));
        Assert.Equal("Ns.Block", graph.SelectModel("Ns.Block"));
    }

    [Fact]
    public void Without_a_root_the_model_cannot_be_left_out()
    {
        Assert.Equal("RPB0001", Error(() => Graph().SelectModel("")).Code);
        Assert.Equal("RPB0001", Error(() => Graph(Plain("Ns.Block")).SelectModel("")).Code);
    }

    [Fact]
    public void Several_roots_are_listed()
    {
        var error = Error(() => Graph(Root("Ns.B"), Root("Ns.A")).SelectModel(""));
        Assert.Equal("RPB0002", error.Code);
        Assert.Contains("Ns.A, Ns.B", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_model_lists_the_known()
    {
        var error = Error(() => Graph(Root("Ns.A")).SelectModel("Ns.a"));
        Assert.Equal("RPB0003", error.Code);
        Assert.Contains("'Ns.a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Ns.A", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_below_the_model_is_reached_once_and_nothing_else()
    {
        var graph = Graph(
            Root("Ns.Model", ("blocks.*", "Ns.Block"), ("embed", "Ns.Embed"), ("last", "Ns.Block")),
            Plain("Ns.Block", ("inner", "Ns.Block")),
            Plain("Ns.Embed"),
            Plain("Ns.Unused"));
        Assert.Equal(["Ns.Block", "Ns.Embed", "Ns.Model"], graph.Reach("Ns.Model").Select(manifest => manifest.Module));
    }

    [Fact]
    public void A_child_without_a_manifest_is_named_with_its_path()
    {
        var error = Error(() => Graph(Root("Ns.Model", ("blocks.*", "Other.Block"))).Reach("Ns.Model"));
        Assert.Equal("RPB0007", error.Code);
        Assert.Contains("Other.Block at 'blocks.*'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_of_two_assemblies_is_an_error_only_where_it_is_used()
    {
        var graph = Graph(Root("Ns.Model", ("a", "Ns.Twice")), Plain("Ns.Twice"), ManifestLinks.Parse("Ns.Twice", ManifestAssembly.Json(), "other.dll"), Root("Ns.Alone"));
        Assert.Single(graph.Reach("Ns.Alone"));
        var error = Error(() => graph.Reach("Ns.Model"));
        Assert.Equal("RPB0007", error.Code);
        Assert.Contains("'first.dll', 'other.dll'", error.Message, StringComparison.Ordinal);
    }

    private static ManifestGraph Graph(params ManifestLinks[] manifests)
    {
        var graph = new ManifestGraph();
        graph.Add(manifests);
        return graph;
    }

    private static ManifestLinks Root(string module, params (string Path, string Module)[] children) => ManifestLinks.Parse(module, ManifestAssembly.Json(root: true, children), "first.dll");

    private static ManifestLinks Plain(string module, params (string Path, string Module)[] children) => ManifestLinks.Parse(module, ManifestAssembly.Json(root: false, children), "first.dll");

    private static BuildErrorException Error(Action action) => Assert.Throws<BuildErrorException>(action);
}
