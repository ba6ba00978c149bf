using System.Text.Json;
using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>The metadata that is written by hand is what the serializer would write.</summary>
public class PackedJson_Tests
{
    [Fact]
    public void Layers_and_canaries_are_written_as_the_serializer_would() => CodedMatrices.Any.Sample(
        matrix =>
        {
            const string Name = "blöcke.\"0\"/w";
            var spec = PackedLayerSpec.Of(Name, PackedFormat.ShiftAdd, [matrix.Rows, matrix.Columns], DType.BF16, matrix);
            PackedCanary[] canaries = [PackedCanary.Of(Name, matrix), PackedCanary.Of("w", matrix, seed: uint.MaxValue)];

            Assert.Equal(
                $"{{{JsonSerializer.Serialize(Name)}:{JsonSerializer.Serialize(spec, spec.GetType(), PackedJson.Default)}}}",
                PackedLayersJson.Format([(Name, spec)]));
            Assert.Equal(JsonSerializer.Serialize(canaries, PackedJson.Default.PackedCanaryArray), PackedCanary.Format(canaries));
        },
        iter: 50, threads: 1);
}
