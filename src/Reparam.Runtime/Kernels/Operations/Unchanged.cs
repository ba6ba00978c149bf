using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x.</summary>
internal readonly struct Unchanged : IVectorFunction
{
    public static Vector<float> Evaluate(Vector<float> x) => x;
}
