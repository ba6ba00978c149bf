using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>A byte for each integer: 64 bytes of columns 0, 2, 1, 3, four a row, then 64 bytes of columns 4, 6, 5, 7.</summary>
internal readonly unsafe struct ByteCodes : ICodeForm
{
    public static int StepBytes => 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First<T>(byte* place)
        where T : unmanaged, IIntegerLanes<T> => T.Load(place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second<T>(byte* place)
        where T : unmanaged, IIntegerLanes<T> => T.Load(place + (StepBytes / 2));
}
