namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Every one.</summary>
internal readonly struct All : IReduction<bool, bool>
{
    public static bool Apply(ReadOnlySpan<bool> x) => !x.Contains(false);
}
