using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>max(x, 0); NaN stays NaN.</summary>
internal readonly struct RectifiedLinear : IVectorFunction
{
    public static Vector<float> Evaluate(Vector<float> x) => Vector.Max(x, Vector<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x) => Vector512.Max(x, Vector512<float>.Zero);
}
