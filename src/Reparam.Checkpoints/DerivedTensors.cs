using System.Collections.Immutable;

namespace Reparam.Checkpoints;

/// <summary>
/// The one rule on tensors in which a checkpoint and a model may differ. A tensor that the model lacks is passed over when it can be computed from the model's
/// configuration, or counts training steps: its last name and its shape are those of a line of <see cref="Ignored"/>. A tensor that the checkpoint lacks may be
/// missing when it is a step counter of batch normalization, which PyTorch has saved since version 2 of that module's state only. Everything else must match.
/// </summary>
public static class DerivedTensors
{
    /// <summary>Last name of the counter that batch normalization keeps while it is trained.</summary>
    public const string BatchCounter = "num_batches_tracked";

    /// <summary>What is passed over, and why.</summary>
    public static ImmutableArray<DerivedTensor> Ignored { get; } =
    [
        new(BatchCounter, "counts training steps; evaluation does not use it", static shape => shape.Length == 0 || (shape.Length == 1 && shape[0] == 1)),
        new("inv_freq", "frequencies of rotary embeddings, computed from the width of a head", static shape => shape.Length == 1),
        new("cos_cached", "cosines of rotary embeddings, computed from the frequencies", static shape => shape.Length >= 2),
        new("sin_cached", "sines of rotary embeddings, computed from the frequencies", static shape => shape.Length >= 2),
        new("freqs_cos", "cosines of rotary embeddings, computed from the frequencies", static shape => shape.Length == 2),
        new("freqs_sin", "sines of rotary embeddings, computed from the frequencies", static shape => shape.Length == 2),
        new("freqs_cis", "rotations of rotary embeddings, computed from the frequencies", static shape => shape.Length >= 2),
        new("position_ids", "the numbers 0, 1, 2, …", static shape => shape.Length is 1 or 2),
        new("token_type_ids", "zeros, the default of an input", static shape => shape.Length == 2),
        new("masked_bias", "the constant that masks an attention score", static shape => shape.Length == 0 || (shape.Length == 1 && shape[0] == 1)),
        new("bias", "a causal mask [1, 1, n, n]; no bias has this shape", static shape => IsMask(shape)),
        new("mask", "a causal mask [1, 1, n, n]", static shape => IsMask(shape)),
        new("causal_mask", "a causal mask [1, 1, n, n] or [n, n]", static shape => IsMask(shape) || IsSquare(shape)),
        new("tril", "a causal mask [n, n]", static shape => IsSquare(shape)),
        new("relative_position_index", "indices into a table of relative positions, computed from the size of a window", static shape => IsSquare(shape)),
    ];

    /// <summary>Why a tensor that the model lacks is passed over; null when it is not, and the checkpoint does not fit.</summary>
    public static string? ReasonToIgnore(TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var name = tensor.Name[(tensor.Name.LastIndexOf('.') + 1)..];
        return Ignored.FirstOrDefault(line => line.Name == name && line.HasShape(tensor.Shape.AsSpan()))?.Reason;
    }

    /// <summary>Whether a tensor of the model may be missing from the checkpoint.</summary>
    /// <param name="name">Full name of the tensor.</param>
    public static bool MayBeMissing(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.AsSpan(name.LastIndexOf('.') + 1).SequenceEqual(BatchCounter);
    }

    private static bool IsSquare(ReadOnlySpan<long> shape) => shape.Length == 2 && shape[0] == shape[1];

    private static bool IsMask(ReadOnlySpan<long> shape) => shape.Length == 4 && shape[0] == 1 && shape[1] == 1 && shape[2] == shape[3];
}
