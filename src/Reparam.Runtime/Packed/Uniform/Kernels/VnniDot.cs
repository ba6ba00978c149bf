using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Four bytes at a time (AVX-VNNI).</summary>
internal readonly struct VnniDot : IIntegerDot<IntegerLanes256>
{
    public static bool IsBytes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 Add(IntegerLanes256 sum, IntegerLanes256 codes, IntegerLanes256 x) =>
        new(AvxVnni.MultiplyWideningAndAdd(sum.Value, codes.Value.AsByte(), x.Value.AsSByte()));
}
