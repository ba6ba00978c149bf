using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Kernels;

/// <summary>Asks for rows before they are read: many short stretches of memory are fetched at once instead of one after the other.</summary>
internal static unsafe class RowPrefetch
{
    private const int LineFloats = 16;

    /// <param name="rows">[count, length].</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="length">Length of a row.</param>
    public static void Begin(float* rows, nint stride, int count, int length)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var row = 0; row < count; row++, rows += stride)
        {
            for (var i = 0; i < length; i += LineFloats)
            {
                Sse.Prefetch1(rows + i);
            }
        }
    }
}
