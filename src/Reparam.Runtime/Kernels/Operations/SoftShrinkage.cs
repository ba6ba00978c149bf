using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x moved towards zero by a bound, and zero within it; NaN stays.</summary>
internal readonly struct SoftShrinkage(float bound) : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var limit = new Vector<float>(bound);
        var inner = Vector.ConditionalSelect(Vector.LessThan(x, -limit), x + limit, x * Vector<float>.Zero);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, limit), x - limit, inner);
    }
}
