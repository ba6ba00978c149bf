using System.Runtime.Intrinsics;
using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Tests.Packed.Uniform;

/// <summary>
/// What the instruction behind <see cref="VnniDot"/> computes, by portable operations: so the kernels around it are tested on processors that lack it.
/// </summary>
internal readonly struct WideningDot : IIntegerDot<IntegerLanes256>
{
    public static bool IsBytes => true;

    public static IntegerLanes256 Add(IntegerLanes256 sum, IntegerLanes256 codes, IntegerLanes256 x)
    {
        var (left, right) = (codes.Value.AsByte(), x.Value.AsSByte());
        var sums = new int[Vector256<int>.Count];
        for (var i = 0; i < Vector256<byte>.Count; i++)
        {
            sums[i / 4] += left[i] * right[i];
        }

        return new IntegerLanes256(sum.Value + Vector256.Create(sums));
    }
}
