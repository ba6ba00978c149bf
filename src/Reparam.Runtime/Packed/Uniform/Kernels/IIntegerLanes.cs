namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// A vector of integers, so that an integer kernel is written once for every width. A double word belongs to one row of weights: four bytes or two words of
/// neighbouring columns.
/// </summary>
internal unsafe interface IIntegerLanes<T>
    where T : unmanaged, IIntegerLanes<T>
{
    /// <summary>Double words: 4, 8 or 16.</summary>
    static abstract int Count { get; }

    static abstract T Zero { get; }

    static abstract T Load(void* source);

    void Store(void* destination);

    /// <summary>The same double word in every lane.</summary>
    static abstract T Broadcast(int* source);

    /// <summary>Sums of double words.</summary>
    static abstract T AddInts(T left, T right);

    /// <summary>Differences of double words.</summary>
    static abstract T SubtractInts(T left, T right);

    /// <summary>Products of double words.</summary>
    static abstract T MultiplyInts(T left, T right);

    /// <summary>256 times double words.</summary>
    static abstract T TimesByte(T value);

    /// <summary>Bytes 0 and 2 of each double word as words.</summary>
    static abstract T EvenBytes(T codes);

    /// <summary>Bytes 1 and 3 of each double word as words.</summary>
    static abstract T OddBytes(T codes);

    /// <summary>The low halves of the bytes.</summary>
    static abstract T LowNibbles(T codes);

    /// <summary>The high halves of the bytes.</summary>
    static abstract T HighNibbles(T codes);

    /// <summary>Products of signed words, the two of each double word added.</summary>
    static abstract T MultiplyWords(T left, T right);

    /// <summary>Double words as floats, times scales and a factor.</summary>
    /// <param name="value">Double words.</param>
    /// <param name="scales">A scale for each.</param>
    /// <param name="factor">The factor, with which the scales are multiplied first.</param>
    /// <param name="total">The products are added to these floats.</param>
    static abstract void AddScaled(T value, float* scales, float factor, float* total);
}
