using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>ln(1 + e^(beta·x)) / beta; x where beta·x is above the threshold.</summary>
internal readonly struct SoftRectifiedLinear(float beta, float threshold) : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var scaled = x * beta;
        var curve = VectorFunctions.LogarithmOfOnePlus(Vector.Exp(scaled)) / new Vector<float>(beta);
        return Vector.ConditionalSelect(Vector.GreaterThan(scaled, new Vector<float>(threshold)), x, curve);
    }
}
