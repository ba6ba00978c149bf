using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Two words at a time: every processor can.</summary>
internal readonly struct WordDot<T> : IIntegerDot<T>
    where T : unmanaged, IIntegerLanes<T>
{
    public static bool IsBytes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add(T sum, T codes, T x) => T.AddInts(sum, T.MultiplyWords(codes, x));
}
