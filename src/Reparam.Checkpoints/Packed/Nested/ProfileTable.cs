namespace Reparam.Checkpoints.Packed;

/// <summary>
/// The profiles of a nested layout: tuples (a₁ … a_q, o) of small integers in units of a step. One table serves one matrix, or all
/// matrices of a file that were coded with it.
/// </summary>
public sealed class ProfileTable
{
    /// <summary>Largest number of bits of a profile's index.</summary>
    public const int MaxIndexBits = 10;

    /// <summary>Takes a table; it is kept, not copied.</summary>
    /// <param name="bits">q: planes, 1 to 4.</param>
    /// <param name="indexBits">2^indexBits profiles, 0 to 10.</param>
    /// <param name="step">Value of one unit, relative to the super-scale; finite and above 0.</param>
    /// <param name="entries">[2^indexBits, bits + 1]: amplitudes 0 to 127 in descending order, then the offset −127 to 127.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a length does not fit.</exception>
    public ProfileTable(int bits, int indexBits, float step, ReadOnlyMemory<sbyte> entries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, PlanesMatrix.MaxBits);
        ArgumentOutOfRangeException.ThrowIfNegative(indexBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(indexBits, MaxIndexBits);
        if (!(step > 0) || !float.IsFinite(step))
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "a step is finite and above 0");
        }

        if (entries.Length != (bits + 1) << indexBits)
        {
            throw new ArgumentException($"entries has {entries.Length} elements; the table needs {(bits + 1) << indexBits}", nameof(entries));
        }

        Bits = bits;
        IndexBits = indexBits;
        Step = step;
        Entries = entries;
        Stored = CodedTable.Of([1L << indexBits, bits + 1], entries.Span);
        MinOffset = sbyte.MaxValue;
        for (var offset = bits; offset < entries.Length; offset += bits + 1)
        {
            MinOffset = Math.Min(MinOffset, entries.Span[offset]);
        }
    }

    /// <summary>q: planes.</summary>
    public int Bits { get; }

    /// <summary>Bits of a profile's index.</summary>
    public int IndexBits { get; }

    /// <summary>Number of profiles.</summary>
    public int Count => 1 << IndexBits;

    /// <summary>Value of one unit, relative to the super-scale.</summary>
    public float Step { get; }

    /// <summary>The smallest offset of a profile.</summary>
    public int MinOffset { get; }

    /// <summary>[profiles, bits + 1]: amplitudes, then the offset.</summary>
    public ReadOnlyMemory<sbyte> Entries { get; }

    /// <summary>The table as a file stores it.</summary>
    internal CodedTable Stored { get; }

    /// <summary>The profile's amplitudes and, last, its offset.</summary>
    public ReadOnlySpan<sbyte> Profile(int index) => Entries.Span.Slice(index * (Bits + 1), Bits + 1);
}
