using Reparam.Checkpoints;

namespace CharGpt;

/// <summary>The app: a text from the compressed model, then what each step did to the loss.</summary>
public static class CharGptApp
{
    private const int Cancelled = 130;

    /// <returns>The process's exit status.</returns>
    public static int Run(WritingOptions options, CancellationToken cancellation)
    {
        try
        {
            Write(options, cancellation);
            if (options.Table && !cancellation.IsCancellationRequested)
            {
                Console.WriteLine();
                LossTable.Write(Console.Out, Asset("chargpt.safetensors"), Asset("chargpt.reparam.safetensors"), Corpus.Load(Asset("tinyshakespeare.txt.gz")), cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or CheckpointException or ArgumentException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }

        return cancellation.IsCancellationRequested ? Cancelled : 0;
    }

    private static void Write(WritingOptions options, CancellationToken cancellation)
    {
        var model = CharTransformerRuntime.Load(Asset("chargpt.reparam.safetensors"));
        Console.Write(options.Prompt);
        foreach (var character in new Writer(model, options.Temperature, options.Seed).Continue(options.Prompt).Take(options.Length))
        {
            if (cancellation.IsCancellationRequested)
            {
                break;
            }

            Console.Write(character);
        }

        Console.WriteLine();
    }

    private static string Asset(string fileName) => Path.Combine(AppContext.BaseDirectory, fileName);
}
