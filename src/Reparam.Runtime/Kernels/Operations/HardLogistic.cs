using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>min(max(x + 3, 0), 6) / 6; NaN stays.</summary>
internal readonly struct HardLogistic : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var six = new Vector<float>(6);
        return Vector.Min(Vector.Max(x + new Vector<float>(3), Vector<float>.Zero), six) / six;
    }
}
