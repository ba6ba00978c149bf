namespace SemanticSearch;

/// <summary>A piece of a text file.</summary>
/// <param name="File">Path of the file, as the user gave it.</param>
/// <param name="Line">Number of its first line, from 1.</param>
/// <param name="Text">The words, in one line.</param>
internal sealed record Passage(string File, int Line, string Text)
{
    // The model was trained on some hundred words at once; a longer paragraph becomes several passages.
    private const int MaxWords = 90;

    /// <summary>The paragraphs of a file.</summary>
    /// <param name="path">Path of a text file.</param>
    public static IEnumerable<Passage> Read(string path)
    {
        var words = new List<string>();
        var (first, number) = (1, 0);
        foreach (var line in System.IO.File.ReadLines(path).Append(""))
        {
            number++;
            var found = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if ((found.Length == 0 && words.Count > 0) || words.Count + found.Length > MaxWords)
            {
                yield return new Passage(path, first, string.Join(' ', words));
                words.Clear();
            }

            first = words.Count == 0 ? number : first;
            words.AddRange(found);
        }
    }
}
