using System.Numerics;

namespace Reparam.Runtime.Kernels;

/// <summary>An element-wise function with numbers of its own, written for a vector of this machine's width.</summary>
internal interface IVectorBody
{
    /// <summary>The function of each element.</summary>
    Vector<float> Evaluate(Vector<float> x);
}
