namespace Reparam.Runtime.Packed.Uniform;

/// <summary>How products of integers are added to double words.</summary>
internal interface IIntegerDot<T>
    where T : unmanaged, IIntegerLanes<T>
{
    /// <summary>Whether a double word of inputs is four signed bytes; else two signed words.</summary>
    static abstract bool IsBytes { get; }

    /// <summary>sum plus the products of the parts of each double word.</summary>
    static abstract T Add(T sum, T codes, T x);
}
