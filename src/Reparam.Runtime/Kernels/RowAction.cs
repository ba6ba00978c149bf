namespace Reparam.Runtime.Kernels;

/// <summary>A row from a row of the same length.</summary>
internal delegate void RowAction<TIn, TOut>(ReadOnlySpan<TIn> row, Span<TOut> result);
