using Reparam.Checkpoints;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging;

/// <summary>The type of merged tensors as a user writes it.</summary>
public static class OperationDType
{
    /// <summary>Names that may be written.</summary>
    public static IReadOnlyList<string> Names { get; } = ["F64", "F32", "F16", "BF16"];

    /// <summary>Reads a name in any case.</summary>
    /// <param name="name">The name; null or empty for the type of the base or the first input.</param>
    /// <param name="file">The file that an error names.</param>
    /// <exception cref="CheckpointOperationException">RPB0171: it is no such name.</exception>
    public static DType? Read(string? name, string file) =>
        string.IsNullOrWhiteSpace(name) ? null
        : Names.Contains(name.Trim().ToUpperInvariant()) && DTypeExtensions.TryParse(name.Trim().ToUpperInvariant(), out var dtype) ? dtype
        : throw new CheckpointOperationException(file, OperationCodes.InvalidOption, $"dtype is '{name}'; it is {string.Join(", ", Names)}");
}
