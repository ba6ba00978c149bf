using System.Numerics;

namespace Reparam.Runtime.Kernels;

/// <summary>An element-wise function that is written for a vector of this machine's width.</summary>
internal interface IVectorFunction
{
    /// <summary>The function of each element.</summary>
    static abstract Vector<float> Evaluate(Vector<float> x);
}
