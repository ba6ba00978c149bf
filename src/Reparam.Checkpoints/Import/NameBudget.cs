namespace Reparam.Checkpoints.Import;

/// <summary>
/// Bounds the number of tensors that a file may name, and the length of their names: shared parts can make a small file astronomically large.
/// </summary>
internal sealed class NameBudget
{
    /// <summary>Longest name of a tensor, in letters.</summary>
    public const int LongestName = 4096;

    private const int MaxTensors = 250_000;
    private const long MaxLetters = 1 << 24;

    private int tensors;
    private long letters;

    /// <summary>Counts a tensor.</summary>
    /// <exception cref="FormatException">There are too many, or their names are too long.</exception>
    public void Add(string name)
    {
        letters += name.Length;
        if (++tensors > MaxTensors || letters > MaxLetters || name.Length > LongestName)
        {
            throw new FormatException($"found more than {MaxTensors} tensors, {MaxLetters} letters in their names or {LongestName} in one, expected a model");
        }
    }
}
