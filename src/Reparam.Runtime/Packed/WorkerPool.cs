namespace Reparam.Runtime.Packed;

/// <summary>
/// A few persistent threads that help one caller at a time. The caller works too and never waits for a helper that has not begun, so a loaded
/// machine slows nobody down; a second caller meanwhile works alone, so a server that calls from many threads is not oversubscribed.
/// </summary>
internal sealed class WorkerPool
{
    // A helper that has just worked looks for more for some ten microseconds before it sleeps: the products of one token follow each other closely.
    private const int SpinsBeforeSleep = 200;

    private static readonly Lazy<WorkerPool> SharedPool = new(() => new WorkerPool(PackedKernels.Threads));

    private readonly SemaphoreSlim wake = new(0);
    private ParallelJob? current;
    private int busy;
    private int active;
    private int round;
    private int asleep;

    /// <summary>Starts the helpers.</summary>
    /// <param name="threads">Threads that work on a job, the caller included; at least 1.</param>
    public WorkerPool(int threads)
    {
        Threads = threads;
        for (var i = 1; i < threads; i++)
        {
            new Thread(Help) { IsBackground = true, Name = "reparam kernel" }.Start();
        }
    }

    /// <summary>The pool of packed products.</summary>
    public static WorkerPool Shared => SharedPool.Value;

    /// <summary>Threads that work on a job, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs every piece of a job; returns when all are done.</summary>
    public void Run(ParallelJob job)
    {
        if (Threads == 1 || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            job.Drain();
            return;
        }

        Volatile.Write(ref current, job);
        Interlocked.Increment(ref round);
        var sleepers = Interlocked.Exchange(ref asleep, 0);
        if (sleepers > 0)
        {
            wake.Release(sleepers);
        }

        job.Drain();

        // A helper counts itself as active before it looks for the job: either it is seen here, or it sees that the job is gone.
        Interlocked.Exchange(ref current, null);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref active) != 0)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        Volatile.Write(ref busy, 0);
    }

    private void Help()
    {
        var seen = 0;
        while (true)
        {
            seen = WaitForRound(seen);
            Interlocked.Increment(ref active);
            Volatile.Read(ref current)?.Drain();
            Interlocked.Decrement(ref active);
        }
    }

    private int WaitForRound(int seen)
    {
        for (var spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            var now = Volatile.Read(ref round);
            if (now != seen)
            {
                return now;
            }

            Thread.SpinWait(8);
        }

        while (Volatile.Read(ref round) == seen)
        {
            // Counted first and looked at again: a round that begins in between either wakes this thread or is seen. A count left behind by
            // a thread that then did not sleep costs one needless wake.
            Interlocked.Increment(ref asleep);
            if (Volatile.Read(ref round) != seen)
            {
                break;
            }

            wake.Wait();
        }

        return Volatile.Read(ref round);
    }
}
