namespace Reparam.Compression.ShiftAdd;

/// <summary>
/// Cuts a range into blocks of 256. Sums are formed a block at a time and then added, which keeps single precision good enough
/// for rows of any length; the cut is part of the definition of the result.
/// </summary>
internal ref struct Blocks(int length)
{
    private const int Size = 256;

    private readonly int length = length;
    private int begin = -Size;

    /// <summary>The present block, end exclusive.</summary>
    public readonly (int Begin, int End) Current => (begin, Math.Min(begin + Size, length));

    /// <summary>The enumerator is the sequence itself.</summary>
    public readonly Blocks GetEnumerator() => this;

    /// <summary>Goes to the next block.</summary>
    public bool MoveNext() => (begin += Size) < length;
}
