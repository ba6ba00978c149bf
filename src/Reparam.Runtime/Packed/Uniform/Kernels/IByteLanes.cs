namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Vectors that multiply bytes.</summary>
internal interface IByteLanes<T> : IIntegerLanes<T>
    where T : unmanaged, IByteLanes<T>
{
    /// <summary>
    /// Products of unsigned with signed bytes, neighbours added to words. The caller sees to it that no sum leaves the range of words, where the instruction
    /// would cut it.
    /// </summary>
    static abstract T MultiplyBytes(T codes, T x);

    /// <summary>Sums of words.</summary>
    static abstract T AddWords(T left, T right);

    /// <summary>The two signed words of each double word added.</summary>
    static abstract T AddNeighbours(T words);
}
