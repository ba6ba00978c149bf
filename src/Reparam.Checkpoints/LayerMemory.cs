namespace Reparam.Checkpoints;

/// <summary>
/// Gives back what working on one layer after the other has left. Large arrays are freed when the whole heap is collected, which the runtime puts off as long
/// as the machine has memory: without this a process would hold the garbage of several layers.
/// </summary>
public static class LayerMemory
{
    private const long Enough = 64L << 20;

    private static long kept;

    /// <summary>Collects if the heap has grown enough to be worth it. It has few objects, so that this takes milliseconds.</summary>
    public static void Release()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) - Volatile.Read(ref kept) > Enough)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Volatile.Write(ref kept, GC.GetTotalMemory(forceFullCollection: false));
        }
    }
}
