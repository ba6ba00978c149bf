namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Running sum of a row.</summary>
internal readonly struct RunningSumInteger : IUnary<long, long>
{
    public static void Apply(ReadOnlySpan<long> x, Span<long> result)
    {
        long sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i];
            result[i] = sum;
        }
    }
}
