using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Threading;

/// <summary>
/// Work in independent pieces that some threads share. Each has a part of its own, the same in every round, so that what it reads stays in its own cache;
/// who is done takes from the ends of the others' parts, so that nobody waits for a thread that has not begun. Pieces are claimed in runs that shrink,
/// neighbours together.
/// </summary>
internal abstract class ParallelJob
{
    // Two cache lines from one part's claims to the next: some processors fetch lines in pairs.
    private const int PartStride = 16;

    // Each part: its first unclaimed piece, and in the upper half the end of its unclaimed pieces.
    private long[] parts = [];
    private int participants;
    private int pieces;
    private int preparations;
    private int claimedPreparations;
    private int donePreparations;

    /// <summary>Threads that share the round, the caller included.</summary>
    public int Participants => participants;

    /// <summary>Begins a round on the calling thread, before anybody helps.</summary>
    /// <param name="threads">Threads that share it, at least 2.</param>
    public void Share(int threads)
    {
        if (parts.Length < (threads + 1) * PartStride)
        {
            parts = new long[(threads + 1) * PartStride];
        }

        for (var i = 0; i < threads; i++)
        {
            Part(i) = Pack((int)((long)pieces * i / threads), (int)((long)pieces * (i + 1) / threads));
        }

        (claimedPreparations, donePreparations) = (0, 0);
        participants = threads;
    }

    /// <summary>
    /// Does what one thread finds to do in a round that is shared; returns when all pieces are claimed, and those that this thread claimed are done.
    /// </summary>
    /// <param name="participant">0 for the caller, others for the helpers.</param>
    public void Participate(int participant)
    {
        if (preparations > 0)
        {
            PrepareShared();
        }

        for (var i = 0; i < participants; i++)
        {
            var owner = (participant + i) % participants;
            while (TryClaim(ref Part(owner), fromFront: i == 0, out var first, out var end))
            {
                Run(first, end);
            }
        }
    }

    /// <summary>Does the whole round on the calling thread.</summary>
    public void RunAlone()
    {
        for (var i = 0; i < preparations; i++)
        {
            Prepare(i);
        }

        Run(0, pieces);
    }

    /// <summary>Defines the next round.</summary>
    /// <param name="count">Pieces.</param>
    /// <param name="before">Preparations: pieces that are all done before the first of the others begins.</param>
    protected void Begin(int count, int before = 0) => (pieces, preparations) = (count, before);

    /// <summary>Runs neighbouring pieces. Must not throw.</summary>
    protected abstract void Run(int first, int end);

    /// <summary>Runs a preparation. Must not throw.</summary>
    protected virtual void Prepare(int piece)
    {
    }

    private static long Pack(int first, int end) => ((long)end << 32) | (uint)first;

    private static bool TryClaim(ref long part, bool fromFront, out int first, out int end)
    {
        while (true)
        {
            var unclaimed = Volatile.Read(ref part);
            var (begin, behind) = ((int)unclaimed, (int)(unclaimed >> 32));
            var count = (behind - begin + 3) / 4;
            if (count <= 0)
            {
                (first, end) = (0, 0);
                return false;
            }

            (first, end) = fromFront ? (begin, begin + count) : (behind - count, behind);
            if (Interlocked.CompareExchange(ref part, fromFront ? Pack(end, behind) : Pack(begin, first), unclaimed) == unclaimed)
            {
                return true;
            }
        }
    }

    // Who waits here waits for threads that are at work on a preparation.
    private void PrepareShared()
    {
        int piece;
        while ((piece = Interlocked.Increment(ref claimedPreparations) - 1) < preparations)
        {
            Prepare(piece);
            Interlocked.Increment(ref donePreparations);
        }

        var pause = default(SpinPause);
        while (Volatile.Read(ref donePreparations) < preparations)
        {
            pause.Once();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref long Part(int participant) => ref parts[(participant + 1) * PartStride];
}
