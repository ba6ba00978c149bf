using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x − tanh(x).</summary>
internal readonly struct HyperbolicTangentRest : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x) => x - HyperbolicTangent.Evaluate(x);
}
