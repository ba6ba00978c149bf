using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>ln(1 / (1 + e⁻ˣ)), as min(x, 0) − ln(1 + e^−|x|).</summary>
internal readonly struct LogarithmicLogistic : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var rest = VectorFunctions.LogarithmOfOnePlus(NonPositiveExponential.Evaluate(-Vector.Abs(x)));
        return Vector.Min(x, Vector<float>.Zero) - rest;
    }
}
