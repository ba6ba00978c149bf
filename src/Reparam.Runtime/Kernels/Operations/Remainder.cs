namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Remainder with the sign of the divisor.</summary>
internal readonly struct Remainder : IBinary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] - y[i] * MathF.Floor(x[i] / y[i]);
        }
    }

    public static void Apply(ReadOnlySpan<float> x, float y, Span<float> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] - y * MathF.Floor(x[i] / y);
        }
    }

    public static void Apply(float x, ReadOnlySpan<float> y, Span<float> result)
    {
        for (var i = 0; i < y.Length; i++)
        {
            result[i] = x - y[i] * MathF.Floor(x / y[i]);
        }
    }
}
