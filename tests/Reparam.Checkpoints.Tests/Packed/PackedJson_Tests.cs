using System.Text.Json;
using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>Metadata that is written by hand.</summary>
public class PackedJson_Tests
{
    private const string Name = "blöcke.\"0\"/w";

    [Fact]
    public void A_spec_is_read_as_it_was_written() => CodedMatrices.Any.Sample(
        matrix =>
        {
            var spec = PackedLayerSpec.Of(Name, "shiftadd", [matrix.Rows, 1, matrix.Columns], DType.BF16, matrix);

            using var layers = JsonDocument.Parse(PackedLayersJson.Format([(Name, spec)]));

            var layer = Assert.Single(layers.RootElement.EnumerateObject());
            var read = PackedLayersJson.Parse(layer.Name, layer.Value, out var unknown)!;
            Assert.Null(unknown);
            Assert.Equal((Name, "shiftadd", DType.BF16, matrix.Format), (layer.Name, read.Method, read.DType, read.Format));
            Assert.Equal<long>([matrix.Rows, 1, matrix.Columns], read.Shape);
            Assert.Equal(spec.Form, read.Form);
            Assert.Equal(spec.TableInfo?.ToString(), read.TableInfo?.ToString());
        },
        iter: 50, threads: 1);

    [Fact]
    public void Canaries_are_written_as_the_serializer_would() => CodedMatrices.Any.Sample(
        matrix =>
        {
            PackedCanary[] canaries = [PackedCanary.Of(Name, matrix), PackedCanary.Of("w", matrix, seed: uint.MaxValue)];

            Assert.Equal(JsonSerializer.Serialize(canaries, PackedJson.Default.PackedCanaryArray), PackedCanary.Format(canaries));
        },
        iter: 50, threads: 1);
}
