using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>Writes the header of a safetensors file.</summary>
internal static class HeaderWriter
{
    // Names stay readable in the file; nothing here is shown in a browser.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The length prefix and the header, padded with spaces to a multiple of <paramref name="alignment"/> bytes.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, string> metadata, ImmutableArray<TensorToWrite> tensors, int alignment)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.GetSpan(SafetensorsHeader.PrefixLength)[..SafetensorsHeader.PrefixLength].Clear();
        buffer.Advance(SafetensorsHeader.PrefixLength);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            WriteTensors(json, tensors);
            json.WriteEndObject();
        }

        while (buffer.WrittenCount % alignment != 0)
        {
            buffer.Write(" "u8);
        }

        var bytes = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - SafetensorsHeader.PrefixLength);
        return bytes;
    }

    private static void WriteTensors(Utf8JsonWriter json, ImmutableArray<TensorToWrite> tensors)
    {
        long begin = 0;
        foreach (var tensor in tensors)
        {
            var end = checked(begin + tensor.Info.ByteLength);
            json.WriteStartObject(tensor.Info.Name);
            json.WriteString("dtype", tensor.Info.DType.FormatName());
            json.WriteStartArray("shape");
            foreach (var dimension in tensor.Info.Shape)
            {
                json.WriteNumberValue(dimension);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(begin);
            json.WriteNumberValue(end);
            json.WriteEndArray();
            json.WriteEndObject();
            begin = end;
        }
    }
}
