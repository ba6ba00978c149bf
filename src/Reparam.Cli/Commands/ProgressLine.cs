using Reparam.Checkpoints.Import;

namespace Reparam.Cli.Commands;

/// <summary>One line that is drawn over while an import runs; nothing when the output is no terminal.</summary>
internal sealed class ProgressLine(TextWriter writer) : IProgress<ImportProgress>, IDisposable
{
    private const int BarWidth = 24;

    private readonly bool enabled = !Console.IsErrorRedirected && ReferenceEquals(writer, Console.Error);
    private bool drawn;

    public void Report(ImportProgress value)
    {
        if (!enabled)
        {
            return;
        }

        var filled = BarWidth * value.Done / Math.Max(value.Total, 1);
        writer.Write($"\r{new string('█', filled)}{new string('░', BarWidth - filled)} {value.Done}/{value.Total} {Shorten(value.Tensor)}\e[K");
        drawn = true;
    }

    public void Dispose()
    {
        if (drawn)
        {
            writer.Write("\r\e[K");
            drawn = false;
        }
    }

    private static string Shorten(string name) => name.Length <= 40 ? name : "…" + name[^39..];
}
