namespace Reparam.Runtime.Kernels;

/// <summary>One number from a row of elements.</summary>
internal interface IReduction<TIn, TOut>
{
    static abstract TOut Apply(ReadOnlySpan<TIn> x);
}
