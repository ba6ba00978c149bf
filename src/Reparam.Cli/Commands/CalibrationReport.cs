using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reparam.Compression.Calibration;

namespace Reparam.Cli.Commands;

/// <summary>What <c>reparam calibration inspect</c> prints.</summary>
/// <param name="File">The file.</param>
/// <param name="Statistics">By name of the matrix.</param>
internal sealed record CalibrationReport(CalibrationFile File, IReadOnlyDictionary<string, GramStatistics> Statistics)
{
    private string Kind => File.HoldsInputs ? "raw inputs" : "second moments";

    public void WriteText(TextWriter output)
    {
        TextTable.Write(
            output,
            ["layer", "inputs", "tokens", "mean", "max", "outliers", "dead", "condition", "target"],
            [.. File.Layers.Select(layer => Row(layer.Key, layer.Value, Statistics[layer.Value.Gram]))]);
        output.WriteLine();
        output.WriteLine($"{File.Layers.Count} layers with {Statistics.Count} inputs of their own, {Kind}");
        output.WriteLine($"Source: {File.SourceHash ?? "not told"}");
        output.WriteLine($"Sensitivities: {YesOrNo(File.Sensitivity is not null)}. Settings: {YesOrNo(File.Settings is not null)}.");
    }

    public void WriteJson(TextWriter output)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("file", File.Path);
            json.WriteString("kind", Kind);
            json.WriteString("source", File.SourceHash);
            json.WriteBoolean("sensitivity", File.Sensitivity is not null);
            json.WriteBoolean("settings", File.Settings is not null);
            json.WriteStartArray("layers");
            foreach (var (name, layer) in File.Layers)
            {
                WriteLayer(json, name, layer);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private void WriteLayer(Utf8JsonWriter json, string name, CalibrationLayer layer)
    {
        var statistics = Statistics[layer.Gram];
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("gram", layer.Gram);
        json.WriteNumber("inputs", File.ColumnsOf(name));
        json.WriteNumber("tokens", layer.Tokens);
        json.WriteNumber("meanDiagonal", statistics.MeanDiagonal);
        json.WriteNumber("maxDiagonal", statistics.MaxDiagonal);
        json.WriteNumber("outliers", statistics.Outliers);
        json.WriteNumber("dead", statistics.Dead);
        if (double.IsFinite(statistics.Condition))
        {
            json.WriteNumber("condition", statistics.Condition);
        }
        else
        {
            json.WriteNull("condition");
        }

        json.WriteBoolean("target", layer.Target is not null);
        json.WriteEndObject();
    }

    private string[] Row(string name, CalibrationLayer layer, GramStatistics statistics) =>
    [
        name,
        File.ColumnsOf(name).ToString("N0", CultureInfo.InvariantCulture),
        layer.Tokens.ToString("N0", CultureInfo.InvariantCulture),
        statistics.MeanDiagonal.ToString("G4", CultureInfo.InvariantCulture),
        statistics.MaxDiagonal.ToString("G4", CultureInfo.InvariantCulture),
        statistics.Outliers.ToString("N0", CultureInfo.InvariantCulture),
        statistics.Dead.ToString("N0", CultureInfo.InvariantCulture),
        double.IsFinite(statistics.Condition) ? statistics.Condition.ToString("G3", CultureInfo.InvariantCulture) : "singular",
        YesOrNo(layer.Target is not null),
    ];

    private static string YesOrNo(bool value) => value ? "yes" : "no";
}
