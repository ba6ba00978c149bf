using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x above a threshold, else a value; NaN stays.</summary>
internal readonly struct Thresholded(float threshold, float value) : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, new Vector<float>(threshold)), new Vector<float>(value), x);
}
