namespace Reparam.Runtime.Kernels;

/// <summary>An operation on each element.</summary>
internal interface IUnary<TIn, TOut>
{
    static abstract void Apply(ReadOnlySpan<TIn> x, Span<TOut> result);
}
