namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Either.</summary>
internal readonly struct Or : IBinary<bool, bool>
{
    public static void Apply(ReadOnlySpan<bool> x, ReadOnlySpan<bool> y, Span<bool> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] | y[i];
        }
    }

    public static void Apply(ReadOnlySpan<bool> x, bool y, Span<bool> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] | y;
        }
    }

    public static void Apply(bool x, ReadOnlySpan<bool> y, Span<bool> result)
    {
        for (var i = 0; i < y.Length; i++)
        {
            result[i] = x | y[i];
        }
    }
}
