namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Running sum of a row.</summary>
internal readonly struct RunningSumFloat : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i];
            result[i] = (float)sum;
        }
    }
}
