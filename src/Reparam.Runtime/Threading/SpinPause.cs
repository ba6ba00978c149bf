using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Threading;

/// <summary>
/// Waiting for a thread that is at work: some ten microseconds without leaving this processor, then letting other threads run between two looks.
/// </summary>
internal struct SpinPause
{
    private const int PausesBeforeYield = 2000;

    private int count;

    /// <summary>Waits a little.</summary>
    public void Once()
    {
        if (count < PausesBeforeYield)
        {
            count++;
            Pause();
        }
        else
        {
            Thread.Yield();
        }
    }

    /// <summary>Tells the processor that this thread spins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else if (ArmBase.IsSupported)
        {
            ArmBase.Yield();
        }
        else
        {
            Thread.SpinWait(1);
        }
    }
}
