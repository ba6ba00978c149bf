namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>
/// Bounds the memory that a pickle may take by what its own length justifies. A few bytes can ask for gigabytes: a compressed archive holds a long run
/// of one instruction, and one instruction can copy a long list again and again.
/// </summary>
/// <remarks>
/// Every value made is charged with its estimated size and nothing is given back. A tensor of a state dictionary costs about 2 KB and takes 250 bytes of
/// pickle.
/// </remarks>
internal sealed class PickleBudget
{
    /// <summary>Longest pickle in bytes: a state dictionary of a hundred thousand tensors takes half of it.</summary>
    public const long LongestPickle = 1 << 26;

    private const long Start = 4L << 20;
    private const long PerByte = 64;
    private const long Max = 256L << 20;

    private long read;
    private long charged;

    /// <summary>Counts bytes of the pickle that are about to be read.</summary>
    /// <exception cref="FormatException">The pickle is too long.</exception>
    public void Read(long count)
    {
        if (count < 0 || count > LongestPickle - read)
        {
            throw new FormatException($"a pickle is longer than {LongestPickle} bytes");
        }

        read += count;
    }

    /// <summary>Counts memory that is about to be taken.</summary>
    /// <exception cref="FormatException">More than the bytes read so far justify.</exception>
    public void Charge(long bytes)
    {
        charged += bytes;
        var limit = Math.Min(Max, Start + (PerByte * read));
        if (charged > limit)
        {
            throw new FormatException($"a pickle's first {read} bytes make objects of more than {limit} bytes, expected a dictionary of tensors");
        }
    }
}
