using Reparam.Checkpoints;

namespace StoryTeller;

/// <summary>The app: a story, then the table.</summary>
public static class Storyteller
{
    private const int Cancelled = 130;

    /// <returns>The process's exit status.</returns>
    public static int Run(StoryOptions options, CancellationToken cancellation)
    {
        try
        {
            var tokenizer = Tokenizer.Load(ModelFile.Asset("tok512.bin"));
            using var output = Console.OpenStandardOutput();
            Tell(options, tokenizer, output, cancellation);
            if (options.Table && !cancellation.IsCancellationRequested)
            {
                Console.WriteLine();
                ComparisonTable.Write(Console.Out, tokenizer, File.ReadAllText(ModelFile.Asset("tinystories.txt")), cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or CheckpointException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }

        return cancellation.IsCancellationRequested ? Cancelled : 0;
    }

    private static void Tell(StoryOptions options, Tokenizer tokenizer, Stream output, CancellationToken cancellation)
    {
        var file = ModelFile.Of(options.Bits);
        var model = LlamaRuntime.Load(file.Path);
        using var decoder = new LlamaDecoder(model);
        var sampler = new Sampler(model.Config.VocabularySize, options.Temperature, options.TopP, options.Seed);
        Story.Tell(decoder, tokenizer, sampler, options.Prompt, options.Steps, output, cancellation);
        Console.WriteLine($"(told from {file.Name} weights)");
    }
}
