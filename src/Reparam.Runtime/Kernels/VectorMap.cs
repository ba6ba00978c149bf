using System.Numerics;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels;

/// <summary>Applies a <see cref="IVectorFunction"/> to a row; its end is padded with zeros, so that every element takes the same path.</summary>
internal static class VectorMap
{
    /// <param name="x">[n].</param>
    /// <param name="result">[n] or longer; may be <paramref name="x"/> itself.</param>
    public static void Apply<TFunction>(ReadOnlySpan<float> x, Span<float> result)
        where TFunction : struct, IVectorFunction
    {
        var width = Vector<float>.Count;
        var i = 0;
        for (; Vector512.IsHardwareAccelerated && i <= x.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            TFunction.Evaluate(Vector512.Create(x[i..])).CopyTo(result[i..]);
        }

        for (; i <= x.Length - width; i += width)
        {
            TFunction.Evaluate(new Vector<float>(x[i..])).CopyTo(result[i..]);
        }

        if (i < x.Length)
        {
            Span<float> rest = stackalloc float[width];
            rest.Clear();
            x[i..].CopyTo(rest);
            TFunction.Evaluate(new Vector<float>(rest)).CopyTo(rest);
            rest[..(x.Length - i)].CopyTo(result[i..]);
        }
    }
}
