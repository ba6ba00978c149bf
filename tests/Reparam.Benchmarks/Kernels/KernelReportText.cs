using System.Globalization;
using Reparam.Benchmarks.Measuring;
using Reparam.Checkpoints.Packed;

namespace Reparam.Benchmarks.Kernels;

/// <summary>A report as Markdown, ready to paste.</summary>
internal static class KernelReportText
{
    /// <summary>The whole report.</summary>
    public static void Write(TextWriter output, KernelReport report)
    {
        WriteHead(output, report);
        if (report.Targets.Count > 0)
        {
            WriteTargets(output, report.Targets);
        }

        if (report.Lines.Count > 0)
        {
            WriteLineHead(output);
            foreach (var line in report.Lines)
            {
                WriteLine(output, line);
            }
        }
    }

    /// <summary>When, where and beside what.</summary>
    public static void WriteHead(TextWriter output, KernelReport report)
    {
        output.WriteLine($"{report.Date:yyyy-MM-dd}; {report.Machine.Line()}; kernel path {report.KernelPath}");
        if (report.Rivals.Count > 0)
        {
            output.WriteLine($"compared with {string.Join(", ", report.Rivals)}");
        }

        foreach (var probe in report.Probes)
        {
            output.WriteLine(Text($"read probe, {Threads(probe.Threads)}, {From(probe.Cold)}: {probe.BytesPerSecond / 1e9:0.0} GB/s"));
        }

        output.WriteLine();
    }

    /// <summary>The names of a line's columns. Ratios are times of the other library over that of the product.</summary>
    public static void WriteLineHead(TextWriter output)
    {
        output.WriteLine("| shape | layout | bits | group | precision | path | inputs | threads | weights from | us | GB/s | of probe | GFLOP/s | error | ggml | float32 | bfloat16 |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    }

    /// <summary>One product.</summary>
    public static void WriteLine(TextWriter output, KernelLine line)
    {
        var item = line.Case;
        output.WriteLine(
            Text($"| {item.Rows}x{item.Columns} | {item.Layout} | {item.Bits} | {(item.HasGroups ? item.GroupSize : "-")} | {Lower(item.Precision)} | {Lower(item.Path)} | ") +
            Text($"{item.Batch} | {line.Threads} | {From(line.Cold)} | {line.Seconds * 1e6:0.0} | {line.BytesPerSecond / 1e9:0.0} | {line.Share:0%} | {line.GigaOperations:0} | ") +
            $"{FigureUnit.Error.Format(line.Error)} | {Ratio(line.Ggml)} | {Ratio(line.Float32)} | {Ratio(line.BFloat16)} |");
    }

    private static void WriteTargets(TextWriter output, IEnumerable<KernelTarget> targets)
    {
        output.WriteLine("| figure | this run | bar | |");
        output.WriteLine("|---|---|---|---|");
        foreach (var target in targets)
        {
            var value = target.Value is { } number ? target.Unit.Format(number) : target.Missing;
            var verdict = target.Met switch { true => "met", false => "not met", null => "" };
            var bar = target.Bar is { } limit ? $"{(target.AtMost ? "at most" : "at least")} {target.Unit.Format(limit)}" : "";
            output.WriteLine($"| {target.Name} | {value} | {bar} | {verdict} |");
        }
    }

    private static string Threads(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    private static string From(bool cold) => cold ? "memory" : "cache";

    private static string Ratio(double? value) => value is { } number ? FigureUnit.Ratio.Format(number) : "-";

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
