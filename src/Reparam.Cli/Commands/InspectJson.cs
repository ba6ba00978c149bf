using System.Text.Encodings.Web;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;

namespace Reparam.Cli.Commands;

/// <summary>The JSON object of <c>reparam inspect --json</c>.</summary>
internal static class InspectJson
{
    public static void Write(TextWriter output, ICheckpoint checkpoint, PackedFile? packed, string? verified = null)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("file", checkpoint.Path);
            json.WriteStartObject("metadata");
            foreach (var (key, value) in checkpoint.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteStartArray("tensors");
            foreach (var info in checkpoint.Names.Select(checkpoint.Info))
            {
                json.WriteStartObject();
                json.WriteString("name", info.Name);
                json.WriteString("dtype", info.DType.FormatName());
                WriteShape(json, info.Shape);
                json.WriteNumber("bytes", info.ByteLength);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (packed is not null)
            {
                WriteLayers(json, packed);
            }

            if (verified is not null)
            {
                json.WriteString("verification", verified);
            }

            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void WriteLayers(Utf8JsonWriter json, PackedFile packed)
    {
        json.WriteStartArray("layers");
        foreach (var (name, spec) in packed.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("method", spec.Method);
            json.WriteString("dtype", spec.DType.FormatName());
            WriteShape(json, spec.Shape);
            json.WriteString("layout", spec.Format.Name);
            spec.WriteMembers(json);
            json.WriteNumber("bytes", spec.StoredBytes);
            json.WriteNumber("tableBytes", spec.TableInfo?.ByteLength ?? 0);
            json.WriteNumber("bitsPerWeight", packed.BitsPerWeight(name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteShape(Utf8JsonWriter json, IEnumerable<long> shape)
    {
        json.WriteStartArray("shape");
        foreach (var dimension in shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
    }
}
