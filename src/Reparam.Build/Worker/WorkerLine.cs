using System;
using System.Globalization;

namespace Reparam.Build.Worker;

/// <summary>One line of the worker's standard output that starts with <c>##</c>.</summary>
internal sealed class WorkerLine
{
    private WorkerLine(WorkerLineKind kind, string text, string code = "", int done = 0, int total = 0)
    {
        Kind = kind;
        Text = text;
        Code = code;
        Done = done;
        Total = total;
    }

    /// <summary>What the line tells.</summary>
    public WorkerLineKind Kind { get; }

    /// <summary>The text for the user.</summary>
    public string Text { get; }

    /// <summary>A warning's code.</summary>
    public string Code { get; }

    /// <summary>Layers finished.</summary>
    public int Done { get; }

    /// <summary>Layers in all.</summary>
    public int Total { get; }

    /// <summary>
    /// Parses <c>##progress DONE TOTAL text</c>, <c>##warn CODE text</c>, <c>##note text</c>, <c>##detail text</c> or <c>##summary text</c>; null for any
    /// other line.
    /// </summary>
    public static WorkerLine? Parse(string line)
    {
        if (Rest(line, "##summary ") is { } summary)
        {
            return new WorkerLine(WorkerLineKind.Summary, summary);
        }

        if (Rest(line, "##detail ") is { } detail)
        {
            return new WorkerLine(WorkerLineKind.Detail, detail);
        }

        if (Rest(line, "##note ") is { } note)
        {
            return new WorkerLine(WorkerLineKind.Note, note);
        }

        if (Rest(line, "##warn ") is { } warning)
        {
            var parts = warning.Split([' '], 2);
            return parts.Length == 2 ? new WorkerLine(WorkerLineKind.Warning, parts[1], code: parts[0]) : null;
        }

        if (Rest(line, "##progress ") is { } progress)
        {
            var parts = progress.Split([' '], 3);
            return parts.Length == 3
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var done)
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
                ? new WorkerLine(WorkerLineKind.Progress, parts[2], done: done, total: total)
                : null;
        }

        return null;
    }

    private static string? Rest(string line, string prefix) => line.StartsWith(prefix, StringComparison.Ordinal) ? line.Substring(prefix.Length) : null;
}
