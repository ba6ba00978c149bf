using System.Globalization;
using Reparam.Checkpoints;

namespace CharGpt;

/// <summary>The loss on held-out text before and after each step that the model went through.</summary>
public static class LossTable
{
    private const string Row = "{0,-28} {1,12} {2,12} {3,14}";

    /// <summary>Reads the trainer's measurements from the folded checkpoint, measures the folded and the packed weights here, and writes a row for each step.</summary>
    public static void Write(TextWriter writer, string folded, string packed, Corpus corpus, CancellationToken cancellation)
    {
        writer.WriteLine(Row, "nats per character on", "The Tempest", "The Shrew", "weight bytes");
        foreach (var (step, losses) in TrainingRecord.Read(folded))
        {
            writer.WriteLine(Row, step, Number(losses.Tempest), Number(losses.Shrew), "");
        }

        Measure(writer, "folded", folded, corpus, cancellation);
        Measure(writer, "compressed by the build", packed, corpus, cancellation);
        writer.WriteLine("Both texts are held out; The Shrew is what fine-tuning was for. The trainer measured the first rows, this app the last two, without libtorch.");
    }

    private static void Measure(TextWriter writer, string step, string path, Corpus corpus, CancellationToken cancellation)
    {
        var model = CharTransformerRuntime.Load(path);
        var tempest = Loss.OnText(model, corpus.TempestHeldOut, cancellation);
        var shrew = Loss.OnText(model, corpus.ShrewHeldOut, cancellation);
        using var checkpoint = Checkpoint.Open(path);
        var bytes = checkpoint.Names.Sum(name => checkpoint.Info(name).ByteLength);
        writer.WriteLine(Row, step, Number(tempest), Number(shrew), bytes.ToString("N0", CultureInfo.InvariantCulture));
    }

    private static string Number(double loss) => loss.ToString("F4", CultureInfo.InvariantCulture);
}
