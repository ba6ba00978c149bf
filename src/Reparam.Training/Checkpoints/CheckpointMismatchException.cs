namespace Reparam.Training;

/// <summary>A checkpoint that does not fit a model. Nothing was loaded.</summary>
public sealed class CheckpointMismatchException : Exception
{
    private const int Shown = 20;

    /// <summary>Lists what does not fit.</summary>
    /// <param name="path">The file.</param>
    /// <param name="missing">Names that the model has and the file has not.</param>
    /// <param name="unexpected">Names that the file has and the model has not.</param>
    /// <param name="misfits">Descriptions of tensors whose type or shape differs: name, found, expected.</param>
    /// <param name="hint">What to do about it, or null.</param>
    public CheckpointMismatchException(
        string path, IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> misfits, string? hint = null)
        : base(Describe(path, missing, unexpected, misfits, hint))
    {
        Path = path;
        Missing = missing;
        Unexpected = unexpected;
        Misfits = misfits;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names that the model has and the file has not.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names that the file has and the model has not.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>Tensors whose type or shape differs: name, found, expected.</summary>
    public IReadOnlyList<string> Misfits { get; }

    private static string Describe(string path, IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> misfits, string? hint) =>
        $"{path} does not fit the model." + Part("Missing in the file", missing) + Part("Not in the model", unexpected) + Part("Of another type or shape", misfits)
        + (hint is null ? "" : " " + hint);

    private static string Part(string title, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return "";
        }

        var more = names.Count > Shown ? $" and {names.Count - Shown} more" : "";
        return $" {title} ({names.Count}): {string.Join(", ", names.Take(Shown))}{more}.";
    }
}
