using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x·min(max(x + 3, 0), 6) / 6.</summary>
internal readonly struct HardSwishLinear : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var six = new Vector<float>(6);
        return x * Vector.Min(Vector.Max(x + new Vector<float>(3), Vector<float>.Zero), six) / six;
    }
}
