using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Inequality; NaN differs from everything.</summary>
internal readonly struct NotEqual<T> : IBinary<T, bool>
    where T : unmanaged, INumber<T>
{
    public static void Apply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] != y[i];
        }
    }

    public static void Apply(ReadOnlySpan<T> x, T y, Span<bool> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] != y;
        }
    }

    public static void Apply(T x, ReadOnlySpan<T> y, Span<bool> result)
    {
        for (var i = 0; i < y.Length; i++)
        {
            result[i] = x != y[i];
        }
    }
}
