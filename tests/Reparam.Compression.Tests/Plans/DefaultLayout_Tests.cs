using System.Text.Json;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using AskedLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.Plans;

/// <summary>The layout where none is written.</summary>
public class DefaultLayout_Tests
{
    [Theory]
    [InlineData("""{ "bits": 3 }""", AskedLayout.Nested)]
    [InlineData("""{ "bits": 3, "fixed": true }""", AskedLayout.Nested)]
    [InlineData("""{ "bits": 3, "groupSize": 128 }""", AskedLayout.Row)]
    [InlineData("""{ "bits": 3, "scaleTerms": 2 }""", AskedLayout.Row)]
    [InlineData("""{ "bits": 3, "rounds": 5 }""", AskedLayout.Row)]
    [InlineData("""{ "groupSize": 64, "layout": "Nested", "bits": 3 }""", AskedLayout.Nested)]
    [InlineData("""{ "bits": 3, "layout": "Row" }""", AskedLayout.Row)]
    public void Is_nested_unless_an_option_is_written_that_nested_has_no_use_for(string written, AskedLayout expected)
    {
        var options = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(written)!;
        var plan = new BuildPlan { Version = 1, Checkpoint = "c", Output = "o", Model = "M", Manifests = new Dictionary<string, ModuleManifest>() };

        var method = PostTrainingMethods.Of(typeof(ShiftAddAttribute));
        AskedLayout Layout(BuildPlan plan) => plan.Overrides().Read(method, options).As<ShiftAddAttribute>().Layout;

        Assert.Equal(expected, Layout(plan));
        Assert.Equal(AskedLayout.Column, Layout(plan with { Layout = "column" }));
        Assert.Equal(AskedLayout.Nested, new ShiftAddAttribute(3).Layout);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(16, 27)]
    [InlineData(10, 64)]
    [InlineData(128, 256)]
    public void Row_does_not_dominate_it(int rows, int columns)
    {
        foreach (var bits in (int[])[2, 3])
        {
            var weights = ShiftAdd.RandomMatrix.Gaussian(rows, columns, 2);
            var row = ShiftAddCoder.Encode(weights, rows, columns, new ShiftAddAttribute(bits) { Layout = AskedLayout.Row });
            var nested = ShiftAddCoder.Encode(weights, rows, columns, new ShiftAddAttribute(bits));

            // A tenth more space at most, and less error but where it takes much less.
            var space = (double)(nested.Matrix.StoredBytes + nested.Matrix.TableBytes) / row.Matrix.StoredBytes;
            Assert.InRange(space, 0, 1.1);
            Assert.InRange(nested.SquaredError / row.SquaredError, 0, space < 0.8 ? 1.2 : 0.95);
        }
    }
}
