using Reparam.Checkpoints;
using Reparam.Checkpoints.Import;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Merging;

namespace Reparam.Cli.Commands;

/// <summary>One line that is drawn over while a command runs; nothing when the output is no terminal.</summary>
internal sealed class ProgressLine(TextWriter writer)
    : IProgress<ImportProgress>, IProgress<CompressionProgress>, IProgress<AllocationProgress>, IProgress<OperationProgress>, IDisposable
{
    private const int BarWidth = 24;

    private readonly bool enabled = !Console.IsErrorRedirected && ReferenceEquals(writer, Console.Error);
    private bool drawn;

    public void Report(ImportProgress value) => Draw(value.Done, value.Total, value.Tensor);

    public void Report(CompressionProgress value) => Draw(value.Done, value.Total, value.Tensor);

    public void Report(AllocationProgress value) => Draw(value.Done, value.Total, value.Tensor);

    public void Report(OperationProgress value) => Draw(value.Done, value.Total, value.Tensor);

    /// <summary>Says what is being done, without a bar.</summary>
    public void Report(string text)
    {
        if (enabled)
        {
            writer.Write($"\r{text}\e[K");
            drawn = true;
        }
    }

    public void Dispose() => Clear();

    /// <summary>Removes the line, so that others can be printed.</summary>
    public void Clear()
    {
        if (drawn)
        {
            writer.Write("\r\e[K");
            drawn = false;
        }
    }

    private void Draw(int done, int total, string text)
    {
        if (!enabled)
        {
            return;
        }

        var filled = BarWidth * done / Math.Max(total, 1);
        writer.Write($"\r{new string('█', filled)}{new string('░', BarWidth - filled)} {done}/{total} {Shorten(text)}\e[K");
        drawn = true;
    }

    private static string Shorten(string name) => Printable.Of(name.Length <= 40 ? name : "…" + name[^39..]);
}
