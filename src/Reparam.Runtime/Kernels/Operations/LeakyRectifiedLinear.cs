using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x where it is positive, else x·slope.</summary>
internal readonly struct LeakyRectifiedLinear(float slope) : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x) => Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, x * slope);
}
