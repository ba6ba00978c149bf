using System.Numerics;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels;

/// <summary>An element-wise function that is written for a vector of this machine's width.</summary>
internal interface IVectorFunction
{
    /// <summary>The function of each element.</summary>
    static abstract Vector<float> Evaluate(Vector<float> x);

    /// <summary>The same, with the same bits, where vectors of 512 bits are wider.</summary>
    static abstract Vector512<float> Evaluate(Vector512<float> x);
}
