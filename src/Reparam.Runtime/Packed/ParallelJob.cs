namespace Reparam.Runtime.Packed;

/// <summary>Independent pieces of work that threads claim one after another.</summary>
internal abstract class ParallelJob
{
    private int count;
    private int claimed;

    /// <summary>Prepares another round.</summary>
    protected void Reset(int pieces)
    {
        count = pieces;
        claimed = 0;
    }

    /// <summary>Claims and runs pieces until none is left. Called by any number of threads at once.</summary>
    public void Drain()
    {
        int piece;
        while ((piece = Interlocked.Increment(ref claimed) - 1) < count)
        {
            Run(piece);
        }
    }

    /// <summary>Runs one piece. Must not throw.</summary>
    protected abstract void Run(int piece);
}
