using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reparam.Benchmarks.Kernels;

/// <summary>A report as one JSON object.</summary>
internal static class KernelReportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write(KernelReport report) => JsonSerializer.Serialize(report, Options);

    /// <exception cref="JsonException">No such report.</exception>
    public static KernelReport Read(string text) => JsonSerializer.Deserialize<KernelReport>(text, Options) ?? throw new JsonException("null is no report");
}
