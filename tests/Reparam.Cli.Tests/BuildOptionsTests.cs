using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam build</c>: what a plan sets in place of the annotations, calibrations and budgets.</summary>
public sealed class BuildOptionsTests : BuildFixture
{
    [Fact]
    public void A_width_in_the_plan_overrides_all_others()
    {
        WriteModel();
        Assert.Equal(0, Build(plan => plan["bits"] = 1).Status);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.All(packed.Layers.Values, layer => Assert.Equal(1, ((PlanesSpec)layer).Bits));
    }

    [Theory]
    [InlineData(false, "row", 3)]
    [InlineData(true, "nested", 1)]
    public void The_plan_of_a_calibration_is_the_builds_where_the_item_says_so(bool asked, string layout, int bits)
    {
        WriteModel();
        var calibration = new CalibrationWriter
        {
            Settings = CalibrationPlan.Of([new LayerPlan("blocks.0.query.weight", new ShiftAddAttribute(1) { Layout = ShiftAddLayout.Nested })]).ToJson(),
        };
        calibration.Add(["blocks.0.query.weight"], new Gram(32, Enumerable.Range(0, 32 * 32).Select(i => i % 33 == 0 ? 1f : 0f).ToArray(), 100));
        calibration.Write(In("c.safetensors"));
        var run = Build(plan => (plan["calibration"], plan["allocationPlan"]) = ("c.safetensors", asked ? "c.safetensors" : null));
        Assert.Equal((0, ""), (run.Status, run.Error));

        // An annotation that has changed since decides all the same; the build tells that the targets are of another coding.
        Assert.Equal(!asked, run.Output.Contains("##note 1 of 5 layers are coded otherwise", StringComparison.Ordinal));
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal((layout, bits), (packed.Layers["blocks.0.query.weight"].Format.Name, ((PlanesSpec)packed.Layers["blocks.0.query.weight"]).Bits));
        Assert.Equal(3, ((PlanesSpec)packed.Layers["blocks.10.query.weight"]).Bits);
    }

    [Fact]
    public void A_calibration_without_a_plan_is_no_plan()
    {
        WriteModel();
        var calibration = new CalibrationWriter();
        calibration.Add(["blocks.0.query.weight"], new Gram(32, Enumerable.Range(0, 32 * 32).Select(i => i % 33 == 0 ? 1f : 0f).ToArray(), 100));
        calibration.Write(In("c.safetensors"));
        var run = Build(plan => plan["allocationPlan"] = "c.safetensors");
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*c\.safetensors: error RPB0133: [^\r\n]*holds no plan\r?\n$", run.Error);
    }

    [Fact]
    public void A_calibration_that_lacks_layers_names_them_but_no_embedding()
    {
        WriteModel();
        var calibration = new CalibrationWriter();
        calibration.Add(["blocks.0.query.weight"], new Gram(32, Enumerable.Range(0, 32 * 32).Select(i => i % 33 == 0 ? 1f : 0f).ToArray(), 100));
        calibration.Write(In("c.safetensors"));
        var run = Build(plan => plan["calibration"] = "c.safetensors");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Matches(
            @"(?m)^##warn RPB0111 '[^']*c\.safetensors' lacks 3 of the 5 weights to code: 'blocks\.0\.conv\.weight', 'blocks\.10\.query\.weight', 'blocks\.10\.conv\.weight'; they are coded without calibration\r?$",
            run.Output);
    }

    [Fact]
    public void Layout_quality_and_a_budget_of_the_plan_override_the_annotations()
    {
        WriteModel();
        var run = Build(plan =>
        {
            (plan["quality"], plan["targetBits"], plan["allocation"]) = ("fast", 6.5, "obj/m.allocation.json");
            plan["manifests"]!["Ns.Model"]!["layers"]![0]!["options"] = JsonNode.Parse("""{ "bits": 4, "groupSize": 8, "layout": "Row", "fixed": true }""");
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains($"{Environment.NewLine}##note without calibration", run.Output);
        Assert.Matches(@"(?m)^##progress 1 5 measured, ", run.Output);
        Assert.Matches(@"(?m)^##note plan for 6\.5 bits a weight by output: [\d.]+ bits a weight, ", run.Output);
        using (var packed = PackedFile.Open(In("obj/m.reparam.safetensors")))
        {
            Assert.Equal((4, 8), (((PlanesSpec)packed.Layers["embed.weight"]).Bits, ((BinaryCodedMatrix)packed.ReadMatrix("embed.weight")).GroupSize));
            Assert.Equal(16, ((BinaryCodedMatrix)packed.ReadMatrix("blocks.0.query.weight")).GroupSize);
        }

        using var saved = JsonDocument.Parse(File.ReadAllText(In("obj/m.allocation.json")));
        Assert.Equal(5, saved.RootElement.GetProperty("layers").GetArrayLength());
        Assert.InRange(saved.RootElement.GetProperty("bitsPerWeight").GetDouble(), 3, 6.5);
        var first = File.ReadAllBytes(In("obj/m.reparam.safetensors"));

        File.Move(In("obj/m.allocation.json"), In("saved.json"));
        Build(plan => (plan["quality"], plan["allocationPlan"], plan["allocation"]) = ("fast", "saved.json", "obj/m.allocation.json"));
        Assert.False(File.Exists(In("obj/m.allocation.json")));
        using var again = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(first, File.ReadAllBytes(In("obj/m.reparam.safetensors")));
    }

    [Theory]
    [InlineData("targetBits", "0.5", "RPB0130: the budget is 0.5 bits a weight; the smallest codings take ")]
    [InlineData("targetBits", "-1", "RPB0102: target-bits is -1; it is a number above 0")]
    [InlineData("maxOutputError", "0.001", "RPB0131: tensor 'embed.weight' at 4 bits has a relative error of ")]
    [InlineData("layout", "\"spiral\"", "RPB0102: 'embed' (Ns.Model): layout is 'spiral'; shiftadd takes row, ")]
    [InlineData("calibration", "\"none.safetensors\"", "RPB0120: ")]
    [InlineData("allocationPlan", "\"none.json\"", "RPB0133: the bit plan cannot be used: ")]
    public void What_a_plan_cannot_ask_for_is_an_error(string member, string value, string expected)
    {
        WriteModel();
        var run = Build(plan => plan[member] = JsonNode.Parse(value));
        Assert.Equal(1, run.Status);
        Assert.Contains($": error {expected}", run.Error);
        Assert.False(File.Exists(In("obj/m.reparam.safetensors")));
    }

    [Theory]
    [InlineData("""{ "bits": 9 }""", "RPB0102: 'embed' (Ns.Model): bits is 9; shiftadd takes 1 to 4")]
    [InlineData("""{ "bits": 3, "rank": 4 }""", "RPB0102: 'embed' (Ns.Model): shiftadd has no option 'rank'")]
    [InlineData("""{ "bits": "three" }""", "RPB0102: 'embed' (Ns.Model): bits is \"three\"; shiftadd takes a whole number, 1 to 4")]
    [InlineData("""{ "bits": 3, "layout": "Spiral" }""", "RPB0102: 'embed' (Ns.Model): layout is 'Spiral'; shiftadd takes row, column, block8, nested, codebook, auto")]
    [InlineData("""{ "bits": 3, "layout": 3 }""", "RPB0102: 'embed' (Ns.Model): layout is 3; shiftadd takes row, ")]
    [InlineData("""{ "bits": 3, "fixed": "yes" }""", "RPB0102: 'embed' (Ns.Model): fixed is \"yes\"; shiftadd takes true or false")]
    [InlineData("""{ "groupSize": 8 }""", "RPB0102: 'embed' (Ns.Model): bits is missing")]
    public void An_invalid_option_names_layer_and_class(string options, string expected)
    {
        WriteModel();
        var run = Build(plan => plan["manifests"]!["Ns.Model"]!["layers"]![0]!["options"] = JsonNode.Parse(options));
        Assert.Equal(1, run.Status);
        Assert.StartsWith($"{In("m.safetensors")}: error {expected}", run.Error);
    }

    [Fact]
    public void An_unknown_method_is_named()
    {
        WriteModel();
        var run = Build(plan => plan["manifests"]!["Ns.Model"]!["layers"]![0]!["method"] = "vectorquant");
        Assert.StartsWith($"{In("m.safetensors")}: error RPB0101: 'embed' (Ns.Model) asks for the method 'vectorquant'; known: shiftadd", run.Error);
        Assert.EndsWith(Environment.NewLine, run.Error);
        Assert.Single(run.Error, '\n');
    }
}
