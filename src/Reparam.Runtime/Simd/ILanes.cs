namespace Reparam.Runtime.Simd;

/// <summary>A vector of single-precision numbers, so that a kernel is written once for every width.</summary>
internal unsafe interface ILanes<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>4, 8 or 16.</summary>
    static abstract int Count { get; }

    static abstract T Zero { get; }

    static abstract T Create(float value);

    static abstract T Load(float* source);

    void Store(float* destination);

    static abstract T operator +(T left, T right);

    static abstract T operator *(T left, T right);

    /// <summary>left·right + sum, fused where the machine fuses.</summary>
    static abstract T MultiplyAdd(T left, T right, T sum);

    /// <summary>max(value, 0); NaN stays NaN.</summary>
    static abstract T Rectify(T value);

    /// <summary>The sum of the lanes, in an order that the width alone gives.</summary>
    static abstract float Sum(T value);

    /// <summary>The next bytes, one a lane, as integers in disguise.</summary>
    static abstract T Widen(byte* codes);

    /// <summary>The value with its sign changed in the lanes whose code has the bit set.</summary>
    static abstract T ChangeSign(T value, T codes, int bit);
}
