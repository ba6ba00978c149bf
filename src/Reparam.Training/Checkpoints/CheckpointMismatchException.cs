using Reparam.Build.Text;

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
        : this(new CheckpointMismatch(path) { Missing = missing, Unexpected = unexpected, Misfits = misfits, Hint = hint })
    {
    }

    internal CheckpointMismatchException(CheckpointMismatch mismatch)
        : base(Describe(mismatch))
    {
        Path = mismatch.Path;
        Missing = mismatch.Missing;
        Unexpected = mismatch.Unexpected;
        Misfits = mismatch.Misfits;
        NotFinite = mismatch.NotFinite;
        OtherBase = mismatch.OtherBase;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names that the model has and the file has not.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names that the file has and the model has not.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>Tensors whose type or shape differs: name, found, expected.</summary>
    public IReadOnlyList<string> Misfits { get; }

    /// <summary>Tensors of the file with values that are not finite: name and how many.</summary>
    public IReadOnlyList<string> NotFinite { get; }

    /// <summary>Layers whose adapters were trained on another base weight: name, found hash, expected hash.</summary>
    public IReadOnlyList<string> OtherBase { get; }

    private static string Describe(CheckpointMismatch mismatch) => $"{mismatch.Path} does not fit the model."
        + Part(
            "Missing in the file", [.. mismatch.Missing.Select((name, i) => i < Shown ? name + Nearest(name, mismatch.Unexpected) : name)])
                + Part("Not in the model", mismatch.Unexpected)
        + Part("Of another type or shape", mismatch.Misfits) + Part("Not finite", mismatch.NotFinite) + Part("Trained on another base", mismatch.OtherBase)
        + (mismatch.Hint is null ? "" : " " + mismatch.Hint);

    private static string Nearest(string name, IReadOnlyList<string> others) =>
        NearestName.Of(name, others.Take(Shown)) is { } nearest ? $" (nearest in the file: {nearest})" : "";

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
