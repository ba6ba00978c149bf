using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reparam.Benchmarks.Models;

/// <summary>A report as text, as tables of Markdown, or as one JSON object.</summary>
internal static class ModelReportText
{
    private static readonly (Region Region, string Name)[] Names =
    [
        (Region.PackedProducts, "products of the blocks"), (Region.Classifier, "product of the classifier"), (Region.Attention, "attention"), (Region.Norm, "norms"),
        (Region.Rotary, "rotary positions"), (Region.Embedding, "embedding"),
        (Region.Sampling, "sampling"), (Region.Other, "the rest"),
    ];

    /// <summary>Writes lines with aligned columns, or tables.</summary>
    public static void Write(TextWriter output, string weights, ModelReport report, bool markdown)
    {
        var sizes = report.Sizes;
        output.WriteLine(Invariant(
            $"{sizes.Layers} layers, width {sizes.Width}, {sizes.Heads} heads on {sizes.KeyValueHeads}, hidden {sizes.Hidden}, vocabulary {sizes.Vocabulary}: {sizes.Parameters:N0} weights, {weights}"));
        output.WriteLine(Invariant(
            $"{report.Path.ToString().ToLowerInvariant()}, {report.Threads} thread{(report.Threads == 1 ? "" : "s")}; tokens {report.Depth + 1} to {report.Depth + report.Tokens} of a sequence"));
        output.WriteLine();
        Table(output, markdown, "figure", "value", Figures(report));
        output.WriteLine();
        Table(output, markdown, "where a token's time goes", "share", [.. Names.Select(each => (each.Name, Percent(report.Share(each.Region)))), ("all products", Percent(report.ProductShare))]);
    }

    /// <summary>Writes the object.</summary>
    public static void WriteJson(TextWriter output, string weights, ModelReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("weights", weights);
            json.WriteNumber("layers", report.Sizes.Layers);
            json.WriteNumber("width", report.Sizes.Width);
            json.WriteNumber("heads", report.Sizes.Heads);
            json.WriteNumber("keyValueHeads", report.Sizes.KeyValueHeads);
            json.WriteNumber("hidden", report.Sizes.Hidden);
            json.WriteNumber("vocabulary", report.Sizes.Vocabulary);
            json.WriteNumber("parameters", report.Sizes.Parameters);
            json.WriteString("path", report.Path.ToString().ToLowerInvariant());
            json.WriteNumber("threads", report.Threads);
            json.WriteNumber("prompt", report.Prompt);
            json.WriteNumber("depth", report.Depth);
            json.WriteNumber("tokens", report.Tokens);
            json.WriteNumber("tokenSeconds", report.Decode.Seconds);
            json.WriteNumber("tokenSecondsMedian", report.Decode.Median);
            json.WriteNumber("tokensPerSecond", report.TokensPerSecond);
            json.WriteNumber("firstTokenSeconds", report.FirstToken.Seconds);
            json.WriteNumber("packedBytesPerToken", report.Weights.Packed);
            json.WriteNumber("denseBytesPerToken", report.Weights.Dense);
            json.WriteNumber("cacheBytesPerToken", report.CacheBytes);
            json.WriteBoolean("readFromMemory", report.FromMemory);
            json.WriteNumber("readBytesPerSecond", report.Bandwidth);
            json.WriteNumber("shareOfReading", report.ShareOfLimit);
            json.WriteNumber("allocatedBytesPerToken", report.AllocatedBytes);
            json.WriteStartObject("profile");
            foreach (var region in Enum.GetValues<Region>())
            {
                json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(region.ToString()), report.Share(region));
            }

            json.WriteEndObject();
            json.WriteNumber("productShare", report.ProductShare);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static (string Name, string Value)[] Figures(ModelReport report) =>
    [
        ("decoding", Invariant($"{report.TokensPerSecond:N0} tokens/s, median {1 / report.Decode.Median:N0}")),
        ("a token", Invariant($"{report.Decode.Seconds * 1e6:N0} us, median {report.Decode.Median * 1e6:N0} us")),
        ("first token", Invariant($"{report.FirstToken.Seconds * 1e3:N2} ms after a prompt of {report.Prompt}: {report.Prompt / report.FirstToken.Seconds:N0} tokens/s")),
        ("bytes read for a token", Invariant($"{report.Weights.Packed:N0} packed, {report.Weights.Dense:N0} float32, {report.CacheBytes:N0} of keys and values")),
        (report.FromMemory ? "reading from memory" : "reading from the cache", Invariant($"{report.Bandwidth / 1e9:N1} GB/s: {report.Limit:N0} tokens/s")),
        ("share of that", Percent(report.ShareOfLimit)),
        ("allocated for a token", Invariant($"{report.AllocatedBytes:N0} bytes")),
    ];

    private static void Table(TextWriter output, bool markdown, string left, string right, (string Name, string Value)[] rows)
    {
        if (markdown)
        {
            output.WriteLine($"| {left} | {right} |");
            output.WriteLine("|---|---|");
        }
        else
        {
            output.WriteLine($"{left}:");
        }

        var width = rows.Max(row => row.Name.Length);
        foreach (var (name, value) in rows)
        {
            output.WriteLine(markdown ? $"| {name} | {value} |" : $"  {name.PadRight(width)}  {value}");
        }
    }

    private static string Percent(double share) => Invariant($"{100 * share:0.0} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
