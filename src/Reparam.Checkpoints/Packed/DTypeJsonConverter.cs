using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reparam.Checkpoints.Packed;

/// <summary>Element types by the names of the safetensors format.</summary>
internal sealed class DTypeJsonConverter : JsonConverter<DType>
{
    public override DType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("expected a dtype such as F32");
        return DTypeExtensions.TryParse(name, out var dtype) ? dtype : throw new JsonException($"unknown dtype '{name}'");
    }

    public override void Write(Utf8JsonWriter writer, DType value, JsonSerializerOptions options) => writer.WriteStringValue(value.FormatName());
}
