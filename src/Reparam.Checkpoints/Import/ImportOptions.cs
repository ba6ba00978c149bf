namespace Reparam.Checkpoints.Import;

/// <summary>What an import takes from a file, and under which names.</summary>
public sealed record ImportOptions
{
    /// <summary>The format, or <see cref="ImportFormat.Auto"/>.</summary>
    public ImportFormat Format { get; init; } = ImportFormat.Auto;

    /// <summary>Taken off the names of all tensors that start with it, such as <c>module.</c>; empty for none.</summary>
    public string StripPrefix { get; init; } = "";

    /// <summary>
    /// The part of a PyTorch checkpoint to import, as keys joined by dots, such as <c>model_ema.state_dict</c>; null for the format's own rule.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// Patterns of names that are left out; <c>*</c> stands for any letters (dots too), <c>?</c> for one. A pattern is held against a tensor's name with and
    /// without the prefix, and against the name of each dictionary, list or module around it.
    /// </summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>
    /// True keeps the tensors of an ONNX model as they are: weights that the exporter numbered keep these names, linear ones stay [in, out], and the constants
    /// of the graph's arithmetic are kept. False, the default, gives weights the names of their layers. No effect on other formats.
    /// </summary>
    public bool Raw { get; init; }

    /// <summary>Maximum bytes of tensor data in one of the shards that the result is written in; null for one file.</summary>
    public long? ShardBytes { get; init; }
}
