using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x·tanh(ln(1 + eˣ)), as x·(e² + 2e) / (e² + 2e + 2) with e = eˣ, which is x from 20 on.</summary>
internal readonly struct MishLinear : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x)
    {
        var two = new Vector<float>(2);
        var e = Vector.Exp(Vector.Min(x, new Vector<float>(20)));
        var product = e * (e + two);
        var result = x * (product / (product + two));
        return Vector.ConditionalSelect(Vector.GreaterThan(x, new Vector<float>(20)), x, result);
    }
}
