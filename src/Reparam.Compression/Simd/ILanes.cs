namespace Reparam.Compression.Simd;

/// <summary>
/// A vector of floats, one group of weights in each lane. No operation lets lanes meet, and none fuses a product with a sum, so a group gets
/// the same bits whatever the width of the vector and whatever its neighbours.
/// </summary>
internal unsafe interface ILanes<T>
    where T : unmanaged, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T Create(float value);

    static abstract T Load(float* source);

    void Store(float* destination);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    static abstract T operator ^(T left, T right);

    static abstract T operator &(T left, T right);

    static abstract T Abs(T value);

    static abstract T Min(T left, T right);

    static abstract T Max(T left, T right);

    /// <summary>All bits of a lane set where left ≥ right, else none.</summary>
    static abstract T GreaterOrEqual(T left, T right);

    /// <summary>All bits of a lane set where left &lt; right, else none.</summary>
    static abstract T Less(T left, T right);

    /// <summary>All bits of a lane set where left = right, else none.</summary>
    static abstract T Equal(T left, T right);

    static abstract T Select(T mask, T whenSet, T whenClear);

    /// <summary>sum + value in the lanes where value ≥ threshold, all three whole numbers; see <see cref="ShiftAdd.Binary.CountedMagnitudes{T}"/>.</summary>
    static abstract T AddFrom(T sum, T value, T threshold);

    /// <summary>The upper 8 bits of whole numbers, as floats.</summary>
    static abstract T UpperPart(T value);

    /// <summary>The lower 24 bits of whole numbers, as floats.</summary>
    static abstract T LowerPart(T value);

    /// <summary>2^24 + ⌈value⌉ as whole numbers; 0 ≤ value &lt; 2^24.</summary>
    static abstract T Threshold(T value);

    /// <summary>The lanes' bits moved up.</summary>
    static abstract T ShiftLeft(T value, int count);

    static abstract bool AllEqual(T left, T right);
}
