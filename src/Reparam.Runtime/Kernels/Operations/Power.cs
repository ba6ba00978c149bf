namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Power of floats.</summary>
internal readonly struct Power : IBinary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = MathF.Pow(x[i], y[i]);
        }
    }

    public static void Apply(ReadOnlySpan<float> x, float y, Span<float> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = MathF.Pow(x[i], y);
        }
    }

    public static void Apply(float x, ReadOnlySpan<float> y, Span<float> result)
    {
        for (var i = 0; i < y.Length; i++)
        {
            result[i] = MathF.Pow(x, y[i]);
        }
    }
}
