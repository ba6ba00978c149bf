using System.IO.Compression;
using System.Text.RegularExpressions;
using SemanticSearch;

namespace Reparam.Benchmarks.Sentences;

/// <summary>The texts that encoders are measured on.</summary>
internal static partial class SentenceTexts
{
    private const int FewestWords = 4;

    /// <summary>Takes texts out of files, at even distances.</summary>
    /// <param name="place">A text file, which may be compressed (.gz), or a folder with .md and .txt files.</param>
    /// <param name="passages">Whether a text is a passage, as the sample makes them, rather than a sentence of one.</param>
    /// <param name="count">Number of texts, at most.</param>
    public static string[] Read(string place, bool passages, int count)
    {
        var files = Directory.Exists(place)
            ? Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".md" or ".txt").Order(StringComparer.Ordinal)
            : (IEnumerable<string>)[place];
        var found = files.SelectMany(Passages).SelectMany(text => passages ? [text] : SentenceEnd().Split(text));
        string[] all = [.. found.Where(IsText).Distinct()];
        return all.Length <= count ? all : [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
    }

    private static IEnumerable<string> Passages(string file)
    {
        if (Path.GetExtension(file) != ".gz")
        {
            return Passage.Read(file).Select(passage => passage.Text);
        }

        var plain = Path.GetTempFileName();
        try
        {
            using (var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress))
            using (var target = File.Create(plain))
            {
                packed.CopyTo(target);
            }

            return [.. Passage.Read(plain).Select(passage => passage.Text)];
        }
        finally
        {
            File.Delete(plain);
        }
    }

    private static bool IsText(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length >= FewestWords;

    [GeneratedRegex(@"(?<=[.!?:;])\s+(?=\P{Ll})")]
    private static partial Regex SentenceEnd();
}
