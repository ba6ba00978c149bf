namespace Reparam.Runtime.Threading;

/// <summary>A parallel job whose pieces have nothing to do with their neighbours.</summary>
internal abstract class PieceJob : ParallelJob
{
    protected sealed override void Run(int first, int end)
    {
        for (var piece = first; piece < end; piece++)
        {
            Run(piece);
        }
    }

    /// <summary>Runs one piece. Must not throw.</summary>
    protected abstract void Run(int piece);
}
