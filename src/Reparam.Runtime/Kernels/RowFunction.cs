namespace Reparam.Runtime.Kernels;

/// <summary>One element from a row.</summary>
internal delegate TOut RowFunction<TIn, TOut>(ReadOnlySpan<TIn> row);
