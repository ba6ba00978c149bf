using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Integers of at most four bits, four bytes a row: columns 0, 2, 1, 3 in the low halves, columns 4, 6, 5, 7 in the high halves.</summary>
internal readonly unsafe struct NibbleCodes : ICodeForm
{
    public static int StepBytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First<T>(byte* place)
        where T : unmanaged, IIntegerLanes<T> => T.LowNibbles(T.Load(place));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second<T>(byte* place)
        where T : unmanaged, IIntegerLanes<T> => T.HighNibbles(T.Load(place));
}
