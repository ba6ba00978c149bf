using System.Text;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Tests.Plans;

/// <summary>A build refuses layers that a method's attribute does not allow, whatever compiler wrote the manifest.</summary>
public sealed class LayerKinds_Tests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"kinds-{Guid.NewGuid():N}.safetensors");

    [Theory]
    [InlineData("linear", "[4, 9]", true)]
    [InlineData("conv2d", "[4, 1, 3, 3]", false)]
    [InlineData("embedding", "[4, 9]", false)]
    public void A_layer_of_another_kind_is_refused_by_its_path(string kind, string shape, bool isLegal)
    {
        PostTrainingMethods.Register(new LinearOnlyMethod());
        var json = """{"part.weight":{"dtype":"F32","shape":SHAPE,"data_offsets":[0,144]}}""".Replace("SHAPE", shape, StringComparison.Ordinal);
        var header = Encoding.UTF8.GetBytes(json.PadRight(96));
        File.WriteAllBytes(file, [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[144]]);
        using var checkpoint = Checkpoint.Open(file);
        var layer = $$"""{ "path": "part", "kind": "{{kind}}", "method": "linearonly", "options": {} }""";
        var plan = new BuildPlan
        {
            Version = 1,
            Checkpoint = file,
            Output = file + ".packed",
            Model = "My.Net",
            Manifests = new Dictionary<string, ModuleManifest>
            {
                ["My.Net"] = ModuleManifest.Parse($$"""{ "version": 1, "root": true, "layers": [{{layer}}], "children": [] }"""),
            },
        };

        if (isLegal)
        {
            Assert.Equal("part.weight", Assert.Single(ManifestExpander.Expand(checkpoint, plan)).Tensor);
            return;
        }

        var refused = Assert.Throws<CompressionException>(() => ManifestExpander.Expand(checkpoint, plan));
        Assert.Contains($"'part' (My.Net) is of the kind {kind}, and linearonly codes layers of the kinds Linear", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains("RPB0102", refused.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(file);

    [ReparamMethod("linearonly", Layers = LayerKinds.Linear)]
    public sealed class LinearOnlyAttribute : PostTrainingAttribute;

    private sealed class LinearOnlyMethod : PostTrainingMethod<LinearOnlyAttribute>
    {
        public override MethodSession Begin(IReadOnlyList<SessionLayer> layers, SessionSettings settings) => throw new NotSupportedException();

        protected override double NominalBits(LinearOnlyAttribute options) => 1;
    }
}
