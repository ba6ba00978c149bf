using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels;

/// <summary>Products of dense single-precision matrices.</summary>
internal static class Gemm
{
    /// <summary>c = a·bᵀ.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[n, k].</param>
    /// <param name="c">[m, n]; overwritten.</param>
    /// <param name="m">Rows of a.</param>
    /// <param name="n">Rows of b.</param>
    /// <param name="k">Columns of both.</param>
    public static void MultiplyTransposed(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        for (var i = 0; i < m; i++)
        {
            var row = a.Slice(i * k, k);
            for (var j = 0; j < n; j++)
            {
                c[i * n + j] = TensorPrimitives.Dot(row, b.Slice(j * k, k));
            }
        }
    }
}
