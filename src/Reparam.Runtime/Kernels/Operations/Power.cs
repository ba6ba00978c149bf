using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Power of floats.</summary>
internal readonly struct Power<T> : IBinary<T, T>
    where T : unmanaged, IPowerFunctions<T>
{
    public static void Apply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = T.Pow(x[i], y[i]);
        }
    }

    public static void Apply(ReadOnlySpan<T> x, T y, Span<T> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = T.Pow(x[i], y);
        }
    }

    public static void Apply(T x, ReadOnlySpan<T> y, Span<T> result)
    {
        for (var i = 0; i < y.Length; i++)
        {
            result[i] = T.Pow(x, y[i]);
        }
    }
}
