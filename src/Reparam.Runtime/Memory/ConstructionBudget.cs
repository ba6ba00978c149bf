using Reparam.Checkpoints;

namespace Reparam.Runtime;

/// <summary>
/// Bounds what the construction of a model takes on this thread when a file gave its sizes: tensors by their bytes, modules and weights by a flat charge. A
/// few bytes of a damaged file could ask for any amount otherwise, before a weight is compared.
/// </summary>
/// <param name="path">The file, for the message.</param>
/// <param name="source">What gave the sizes, for the message.</param>
/// <param name="storedBytes">Bytes of all tensors of the file.</param>
internal sealed class ConstructionBudget(string path, string source, long storedBytes)
{
    /// <summary>The flat charge of a module and of a weight that has no values yet.</summary>
    public const long ObjectBytes = 1024;

    // Tables and caches of a small model are larger than its weights.
    private const long MinBytes = 256L << 20;

    // A weight of one stored bit is 32 times as large in floats; as much again for tables and caches.
    private const long BytesOfByte = 64;

    private readonly long limit = MinBytes + (BytesOfByte * Math.Min(storedBytes, long.MaxValue / (2 * BytesOfByte)));
    private long used;

    /// <summary>Counts what is about to be taken.</summary>
    /// <exception cref="CheckpointException">It is too much in all.</exception>
    public void Charge(long bytes)
    {
        used += bytes;
        if (used > limit)
        {
            throw new CheckpointException(
                path, null, CheckpointRule.Metadata,
                $"{source} describes a model that takes {used} bytes before its weights are read, expected at most {limit} for {storedBytes} bytes of tensors");
        }
    }
}
