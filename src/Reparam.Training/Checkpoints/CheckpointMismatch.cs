namespace Reparam.Training;

/// <summary>What of a checkpoint does not fit a model, gathered before anything is loaded.</summary>
/// <param name="path">The file.</param>
internal sealed class CheckpointMismatch(string path)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Names that the model has and the file has not.</summary>
    public IReadOnlyList<string> Missing { get; set; } = [];

    /// <summary>Names that the file has and the model has not.</summary>
    public IReadOnlyList<string> Unexpected { get; set; } = [];

    /// <summary>Tensors whose type or shape differs, or layers whose settings do: name, found, expected.</summary>
    public IReadOnlyList<string> Misfits { get; set; } = [];

    /// <summary>Tensors with values that are not finite.</summary>
    public IReadOnlyList<string> NotFinite { get; set; } = [];

    /// <summary>Layers whose adapters were trained on another base.</summary>
    public IReadOnlyList<string> OtherBase { get; set; } = [];

    /// <summary>What to do about it, or null.</summary>
    public string? Hint { get; set; }

    /// <summary>True if nothing is wrong.</summary>
    public bool IsEmpty => Missing.Count + Unexpected.Count + Misfits.Count + NotFinite.Count + OtherBase.Count == 0;

    /// <summary>Refuses the file if anything is wrong.</summary>
    /// <exception cref="CheckpointMismatchException">Something is; all is listed.</exception>
    public void ThrowIfAny()
    {
        if (!IsEmpty)
        {
            throw new CheckpointMismatchException(this);
        }
    }
}
