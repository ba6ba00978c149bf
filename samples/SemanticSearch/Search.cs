using System.Numerics.Tensors;

namespace SemanticSearch;

/// <summary>A search from the files to the list of what was found.</summary>
internal static class Search
{
    /// <summary>Reads the files, encodes their passages and prints those nearest to a question.</summary>
    /// <param name="query">The question.</param>
    /// <param name="places">Files and folders.</param>
    /// <param name="count">Number of passages to print.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Exit status.</returns>
    public static int Run(string query, IReadOnlyList<string> places, int count, CancellationToken cancellation)
    {
        Passage[] passages;
        try
        {
            passages = [.. places.SelectMany(Files).SelectMany(Passage.Read)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            return 1;
        }

        if (passages.Length == 0)
        {
            Console.Error.WriteLine($"error: found no text in {string.Join(", ", places)}, expected .md or .txt files");
            return 1;
        }

        var folder = AppContext.BaseDirectory;
        var encoder = new TextEncoder(Path.Combine(folder, "minilm.reparam.safetensors"), Path.Combine(folder, "vocab.txt"));
        var vectors = encoder.Encode([.. passages.Select(passage => passage.Text)], new ProgressLine(passages.Length), cancellation);
        var question = encoder.Encode(query);
        foreach (var (passage, likeness) in passages.Zip(vectors, (passage, vector) => (passage, TensorPrimitives.Dot(vector, question)))
            .OrderByDescending(found => found.Item2).Take(count))
        {
            Console.WriteLine($"{likeness:F3}  {Path.GetRelativePath(Environment.CurrentDirectory, passage.File)}:{passage.Line}");
            Console.WriteLine($"       {Shortened(passage.Text)}");
        }

        return 0;
    }

    private static IEnumerable<string> Files(string place) => Directory.Exists(place)
        ? Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".md" or ".txt").Order(StringComparer.Ordinal)
        : [place];

    private static string Shortened(string text) => text.Length <= 150 ? text : text[..147] + "...";

    private sealed class ProgressLine(int total) : IProgress<int>
    {
        public void Report(int value)
        {
            if (!Console.IsErrorRedirected)
            {
                Console.Error.Write(value < total ? $"\rreading {value} of {total} passages" : "\r".PadRight(50) + "\r");
            }
        }
    }
}
