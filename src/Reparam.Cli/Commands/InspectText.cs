using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Cli.Commands;

/// <summary>The tables of <c>reparam inspect</c>.</summary>
internal static class InspectText
{
    private const int LongestValue = 120;

    public static void Write(TextWriter output, ICheckpoint checkpoint, PackedFile? packed, string? verified = null)
    {
        if (packed is { Layers.Count: > 0 })
        {
            WriteLayers(output, packed);
        }

        var names = packed is null ? checkpoint.Names : packed.CopiedNames;
        if (names.Count > 0)
        {
            output.WriteLine(packed is null ? "Tensors" : "Copied tensors");
            TextTable.Write(
                output,
                ["name", "type", "shape", "bytes"],
                [.. names.Select(checkpoint.Info).Select(info => new[] { info.Name, info.DType.FormatName(), Shape(info.Shape), Number(info.ByteLength) })]);
            output.WriteLine();
        }

        var metadata = checkpoint.Metadata
            .Where(entry => packed is null || entry.Key is not (PackedKeys.LayersKey or PackedKeys.CanaryKey or ContentChecksum.TensorsKey))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .ToArray();
        if (metadata.Length > 0)
        {
            output.WriteLine("Metadata");
            TextTable.Write(output, ["key", "value"], [.. metadata.Select(entry => new[] { entry.Key, Shorten(entry.Value) })]);
            output.WriteLine();
        }

        output.WriteLine(Total(checkpoint, packed));
        if (verified is not null)
        {
            output.WriteLine(verified);
        }
    }

    private static void WriteLayers(TextWriter output, PackedFile packed)
    {
        output.WriteLine("Coded weights");
        TextTable.Write(
            output,
            ["name", "method", "shape", "layout", "bits", "group", "scales", "bytes", "bits a weight"],
            [.. packed.Layers.Select(layer => Row(packed, layer.Key, layer.Value))]);
        output.WriteLine();
        var tables = packed.Layers.Values.Where(spec => spec.TableInfo is not null).GroupBy(spec => spec.TableInfo!.Name).ToArray();
        if (tables.Length > 0)
        {
            output.WriteLine("Tables");
            TextTable.Write(
                output,
                ["name", "shape", "bytes", "coded weights"],
                [.. tables.Select(table => new[]
                {
                    table.Key,
                    Shape(table.First().TableInfo!.Shape),
                    Number(table.First().TableInfo!.ByteLength),
                    Number(table.Count()),
                })]);
            output.WriteLine();
        }
    }

    private static string[] Row(PackedFile packed, string name, PackedLayerSpec spec)
    {
        var summary = spec.Format.Describe(spec);
        return
        [
            name, Printable.Of(spec.Method), Shape(spec.Shape), spec.Format.Name, summary.Bits, summary.Group, summary.Scales, Number(spec.StoredBytes),
            Ratio(packed.BitsPerWeight(name)),
        ];
    }

    private static string Total(ICheckpoint checkpoint, PackedFile? packed)
    {
        var bytes = checkpoint.Names.Sum(name => checkpoint.Info(name).ByteLength);
        if (packed is null)
        {
            var values = checkpoint.Names.Sum(name => checkpoint.Info(name).ElementCount);
            return $"{checkpoint.Names.Count} tensors, {Number(values)} values, {Number(bytes)} bytes";
        }

        var coded = packed.Layers.Values.Sum(spec => spec.StoredBytes) + packed.TableBytes;
        var weights = packed.Layers.Values.Sum(spec => spec.ElementCount);
        return $"{packed.Layers.Count} coded weights with {Number(weights)} values in {Number(coded)} bytes ({BitsPerWeight(coded, weights)} bits a weight), " +
            $"{packed.CopiedNames.Count} copied tensors in {Number(bytes - coded)} bytes";
    }

    private static string BitsPerWeight(long bytes, long weights) => weights == 0 ? "-" : Ratio(8.0 * bytes / weights);

    private static string Ratio(double bits) => bits.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Shape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string Shorten(string value)
    {
        var line = Printable.Of(value);
        return line.Length <= LongestValue ? line : $"{line[..LongestValue]}… ({Number(value.Length)} characters)";
    }
}
