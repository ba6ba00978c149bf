using Reparam.Checkpoints;

namespace Reparam.Cli.Commands;

/// <summary>Columns of equal width without a frame, so that other tools can cut them; numbers to the right.</summary>
internal static class TextTable
{
    public static void Write(TextWriter output, string[] header, string[][] rows)
    {
        rows = [.. rows.Select(row => row.Select(Printable.Of).ToArray())];
        var widths = header.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        var numeric = header.Select(
            (_, column) => rows.All(row => row[column].All(letter => char.IsDigit(letter) || letter is ',' or '.' or '-' or '+' or 'E'))).ToArray();
        foreach (var row in (string[][])[header, .. rows])
        {
            var cells = row.Select((cell, column) => numeric[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine("  " + string.Join("  ", cells).TrimEnd());
        }
    }
}
