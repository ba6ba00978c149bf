namespace Reparam.Runtime.Kernels;

/// <summary>An operation on pairs of elements, where either side may be one number.</summary>
internal interface IBinary<TIn, TOut>
{
    static abstract void Apply(ReadOnlySpan<TIn> x, ReadOnlySpan<TIn> y, Span<TOut> result);

    static abstract void Apply(ReadOnlySpan<TIn> x, TIn y, Span<TOut> result);

    static abstract void Apply(TIn x, ReadOnlySpan<TIn> y, Span<TOut> result);
}
