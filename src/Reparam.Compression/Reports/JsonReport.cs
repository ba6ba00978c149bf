using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Reports;

/// <summary>Writes a report as JSON. Errors are rounded to six digits, so that the last bit of a sum shows on no machine.</summary>
public static class JsonReport
{
    private const int Digits = 6;

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file: under a temporary name beside its place, then renamed.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void Write(string path, CompressionReport report) => AtomicFile.Write(path, stream =>
    {
        Write(stream, report);
        stream.WriteByte((byte)'\n');
    });

    /// <summary>Writes the JSON object.</summary>
    public static void Write(Stream stream, CompressionReport report)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartObject();
        json.WriteNumber("version", 2);
        json.WriteString("checkpoint", report.Checkpoint);
        json.WriteString("output", report.Output);
        json.WriteString("source", report.SourceHash);
        WriteSteps(json, report.Steps);
        json.WriteStartArray("layers");
        foreach (var layer in report.Layers)
        {
            WriteLayer(json, layer);
        }

        json.WriteEndArray();
        var dense = report.Dense.ToDictionary(weight => weight.Tensor, weight => weight.Why, StringComparer.Ordinal);
        json.WriteStartArray("copied");
        foreach (var tensor in report.Copied)
        {
            json.WriteStartObject();
            json.WriteString("tensor", tensor.Tensor);
            json.WriteNumber("bytes", tensor.Bytes);
            json.WriteString("reason", JsonNamingPolicy.CamelCase.ConvertName(tensor.Reason.ToString()));
            if (tensor.Reason == CopyReason.NotPlanned && dense.TryGetValue(tensor.Tensor, out var why))
            {
                json.WriteString("why", why);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("totals");
        json.WriteNumber("layers", report.Layers.Length);
        json.WriteNumber("weights", report.Weights);
        WriteSizes(json, report.SourceBytes, report.StoredBytes, report.BitsPerWeight, report.RelativeError, report.RelativeOutputError);
        if (report.Cache is { } cache)
        {
            json.WriteNumber("coded", cache.Coded);
            json.WriteNumber("fromCache", cache.Read);
        }

        json.WriteNumber("copiedTensors", report.Copied.Length);
        json.WriteNumber("copiedBytes", report.CopiedBytes);
        json.WriteEndObject();
        if (report.Allocation is { } plan)
        {
            json.WritePropertyName("allocation");
            plan.Write(json);
        }

        json.WriteEndObject();
    }

    private static void WriteSteps(Utf8JsonWriter json, ImmutableArray<StepReport> steps)
    {
        if (steps.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("steps");
        foreach (var step in steps)
        {
            json.WriteStartObject();
            json.WriteString("kind", step.Kind);
            foreach (var (name, values) in ((string, ImmutableArray<string>)[])[("did", step.Did), ("reads", step.Reads), ("writes", step.Writes),
                ("drops", step.Drops)])
            {
                json.WriteStartArray(name);
                foreach (var value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLayer(Utf8JsonWriter json, LayerReport layer)
    {
        json.WriteStartObject();
        json.WriteString("tensor", layer.Tensor);
        json.WriteString("method", layer.Method);
        json.WriteStartArray("shape");
        foreach (var dimension in layer.Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteString("dtype", layer.SourceType.FormatName());
        json.WriteString("layout", layer.Layout);
        json.WritePropertyName("options");
        layer.Options.Write(json);
        WriteSizes(json, layer.SourceBytes, layer.StoredBytes, layer.BitsPerWeight, layer.RelativeError, layer.RelativeOutputError);
        if (layer.Tried.Length > 0)
        {
            json.WriteStartArray("tried");
            foreach (var (layout, bytes, error) in layer.Tried)
            {
                json.WriteStartObject();
                json.WriteString("layout", layout);
                json.WriteNumber("storedBytes", bytes);
                json.WriteNumber("relativeError", Math.Round(error, Digits));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (layer.IsCached)
        {
            json.WriteBoolean("cached", true);
        }

        if (layer.Note is { } note)
        {
            json.WriteString("note", note);
        }

        if (layer.Warning is { } warning)
        {
            json.WriteStartObject("warning");
            json.WriteString("code", warning.Diagnostic.Id);
            json.WriteString("text", warning.Text);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSizes(Utf8JsonWriter json, long sourceBytes, long storedBytes, double bitsPerWeight, double weightError, double? outputError)
    {
        json.WriteNumber("sourceBytes", sourceBytes);
        json.WriteNumber("storedBytes", storedBytes);
        json.WriteNumber("bitsPerWeight", Math.Round(bitsPerWeight, Digits));
        json.WriteNumber("relativeWeightError", Math.Round(weightError, Digits));
        if (outputError is { } error)
        {
            json.WriteNumber("relativeOutputError", Math.Round(error, Digits));
        }
    }
}
