using System.Text;
using Reparam.Checkpoints;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Tests.Calibration;

namespace Reparam.Compression.Tests.Json;

/// <summary>Documents that the serializer would let through, or would fail on in its own way: each gives one error that names the file and the member.</summary>
public sealed class DocumentFaults_Tests : IDisposable
{
    private const string Plan =
        """{ "version": 1, "checkpoint": "m", "output": "o", "model": "M", "manifests": { "M": { "layers": [ { "path": "a", "kind": "linear", "method": "shiftadd", "options": { "bits": 2, "layout": "Row" } } ], "children": [] } } }""";

    private const string BitPlanText =
        """{ "version": 1, "budget": { "targetBits": 3.5 }, "cost": "output", "bytes": 10, "bitsPerWeight": 3, "layers": [ { "tensor": "a", "layout": "row", "bits": 3, "groupSize": 16, "fixed": false, "bytes": 5, "cost": 1 } ] }""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\"M\": {", "\"N\": null, \"M\": {", "$.manifests['N'] is null; an object is expected")]
    [InlineData("[ { \"path\"", "[ null, { \"path\"", "$.manifests['M'].layers[0] is null; an object is expected")]
    [InlineData("\"children\": []", "\"children\": [ null ]", "$.manifests['M'].children[0] is null; an object is expected")]
    [InlineData("\"children\": []", "\"children\": null", "$.manifests['M'].children is null; a list is expected")]
    [InlineData("\"Row\"", "\"\\ud800\"", "$.manifests['M'].layers[0].options['layout']: ")]
    [InlineData("\"model\"", "\"seed\": null, \"model\"", "seed")]
    [InlineData("\"model\"", "\"threads\": -5, \"model\"", "threads is -5; 0 takes all cores")]
    [InlineData("\"model\"", "\"maxWeightError\": 1e999, \"model\"", "$.maxWeightError is 1e999; a number that a double holds is expected")]
    [InlineData("\"model\"", "\"runtimeLayouts\": [ null ], \"model\"", "$.runtimeLayouts[0] is null; a value is expected")]
    [InlineData("\"model\": \"M\"", "\"model\": null", "model")]
    [InlineData("\"version\": 1", "\"version\": 2", "version is 2, and this tool reads version 1")]
    [InlineData("\"version\": 1", "\"\\ud800\": 1", "")]
    public void A_plan(string good, string broken, string reason) => AssertRefused("RPB0100", () => BuildPlan.Read(Write(Plan, good, broken)), reason);

    [Fact]
    public void A_plan_may_start_with_a_byte_order_mark()
    {
        File.WriteAllText(folder.File("d.json"), Plan, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("M", BuildPlan.Read(folder.File("d.json")).Model);
    }

    [Fact]
    public void A_plan_nested_too_deep() => AssertRefused("RPB0100", () => BuildPlan.Read(Write(Plan, "\"children\": []", $"\"children\": {new string('[', 100_000)}")), "depth");

    [Theory]
    [InlineData("999", "the cost is '999'; known: criterion, output, divergence")]
    [InlineData("weights", "the cost is 'weights'; known: criterion, output, divergence")]
    public void A_cost_that_there_is_not(string cost, string reason) =>
        AssertRefused("RPB0102", () => BuildPlan.Read(Write(Plan, "\"model\"", $"\"targetBits\": 3, \"allocationCost\": \"{cost}\", \"model\"")).ReadAllocation(), reason);

    [Theory]
    [InlineData("[ { \"tensor\"", "[ null, { \"tensor\"", "$.layers[0] is null; an object is expected")]
    [InlineData("3.5", "1e400", "$.budget.targetBits is 1e400; a number that a double holds is expected")]
    [InlineData("\"bitsPerWeight\": 3", "\"bitsPerWeight\": 1e999", "$.bitsPerWeight is 1e999")]
    [InlineData("\"targetBits\": 3.5", "\"targetBits\": 3.5, \"targetBytes\": 5", "a plan has one budget")]
    [InlineData("\"targetBits\": 3.5", "\"targetBits\": -1", "target-bits is -1; it is a number above 0")]
    [InlineData("{ \"targetBits\": 3.5 }", "null", "budget")]
    [InlineData("\"a\"", "null", "tensor")]
    [InlineData("\"version\": 1", "\"version\": 1e0", "version is 1e0")]
    public void A_bit_plan(string good, string broken, string reason) => AssertRefused("RPB0133", () => BitPlan.Read(Write(BitPlanText, good, broken)), reason);

    [Fact]
    public void A_bit_plan_without_layers() =>
        AssertRefused("RPB0133", () => BitPlan.Read(Write(BitPlanText[..BitPlanText.IndexOf("\"layers\"", StringComparison.Ordinal)] + "\"layers\": null }", "", "")), "$.layers is null; a list is expected");

    [Theory]
    [InlineData("""{ "a": null }""", "$['a'] is null; a list is expected")]
    [InlineData("""{ "a": [ null ] }""", "$['a'][0] is null; an object is expected")]
    [InlineData("null", "$ is null; an object is expected")]
    [InlineData("""{ "a": [ { "layout": null, "bits": 1, "groupSize": 0, "cost": 1 } ] }""", "layout")]
    [InlineData("""{ "a": [ { "layout": "\ud800", "bits": 1, "groupSize": 0, "cost": 1 } ] }""", "$['a'][0].layout: ")]
    public void Sensitivities_of_a_calibration(string json, string reason)
    {
        var exception = Assert.Throws<CheckpointException>(() => Sensitivities.Parse(json, "c.safetensors"));
        Assert.Equal((CheckpointRule.Calibration, "c.safetensors"), (exception.Rule, exception.File));
        Assert.Contains(reason, exception.Message);
    }

    [Theory]
    [InlineData("""{ "layers": { "a": null } }""", "$.layers['a'] is null; an object is expected")]
    [InlineData("""{ "layers": null }""", "layers")]
    [InlineData("null", "$ is null; an object is expected")]
    [InlineData("[[[[", "")]
    public void Settings_of_a_calibration(string json, string reason)
    {
        var writer = new CalibrationWriter { Settings = json };
        writer.Add(["a"], new Gram(1, new float[] { 1 }, 1));
        writer.Write(folder.File("c.safetensors"));
        using var file = CalibrationFile.Open(folder.File("c.safetensors"));
        var exception = Assert.Throws<CheckpointException>(() => CalibrationPlan.Read(file));
        Assert.Equal((CheckpointRule.Calibration, folder.File("c.safetensors")), (exception.Rule, exception.File));
        Assert.Contains(reason, exception.Message);
    }

    private void AssertRefused(string code, Action read, string reason)
    {
        var exception = Assert.Throws<CompressionException>(read);
        Assert.Equal(code, Assert.Single(exception.Problems).Diagnostic.Id);
        Assert.Contains(reason, exception.Message);
    }

    private string Write(string text, string good, string broken)
    {
        Assert.Contains(good, text);
        File.WriteAllText(folder.File("d.json"), good.Length == 0 ? text : text.Replace(good, broken));
        return folder.File("d.json");
    }
}
