using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>scale·x where it is positive, else scale·alpha·(e^(x·inner) − 1).</summary>
internal readonly struct ExponentialLinear(float alpha, float scale, float inner) : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var low = Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), Vector<float>.Zero, x);
        var curve = VectorFunctions.NonPositiveExponentialMinusOne(low * inner) * (alpha * scale);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x * scale, curve);
    }
}
