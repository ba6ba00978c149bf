namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>At least one.</summary>
internal readonly struct Any : IReduction<bool, bool>
{
    public static bool Apply(ReadOnlySpan<bool> x) => x.Contains(true);
}
