namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Arithmetic mean; NaN of nothing.</summary>
internal readonly struct Mean : IReduction<float, float>
{
    public static float Apply(ReadOnlySpan<float> x) => SumFloat.Apply(x) / x.Length;
}
