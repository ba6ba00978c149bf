using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Zero within a bound, else x; NaN stays.</summary>
internal readonly struct HardShrinkage(float bound) : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var limit = new Vector<float>(bound);
        var within = Vector.GreaterThanOrEqual(x, -limit) & Vector.LessThanOrEqual(x, limit);
        return Vector.ConditionalSelect(within, Vector<float>.Zero, x);
    }
}
