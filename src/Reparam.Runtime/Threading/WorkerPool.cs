using System.Diagnostics;
using System.Runtime.InteropServices;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Threading;

/// <summary>
/// A few persistent threads that help one caller at a time. The caller works too and never waits for a helper that has not begun, so a loaded machine slows
/// nobody down. A second caller meanwhile works alone, and the more callers there are, the fewer helpers take part, so a server that calls from many
/// threads is not oversubscribed. After work helpers look for more for fifty microseconds, because the products of one token follow each other closely;
/// then they sleep.
/// </summary>
internal sealed class WorkerPool
{
    /// <summary>
    /// Work that a helper may share. It is counted in bytes of weights, some twenty thousand of which a thread reads in a microsecond; less is done before
    /// a helper has taken its part.
    /// </summary>
    public const long MinWork = 96 << 10;

    // Waking a helper costs some microseconds: only for so much work, done since one was last awake.
    private const long WorkToWake = 512 << 10;

    // A thread more for each of these.
    private const long WorkOfThread = 48 << 10;

    private const long MuchWork = 1L << 60;

    private static readonly long PatienceTicks = Stopwatch.Frequency * 50 / 1_000_000;

    private static readonly Lazy<WorkerPool> SharedPool = new(() => new WorkerPool(PackedKernels.Threads));

    private readonly Helper[] helpers;
    private Announcement announced;
    private long workSinceAwake;
    private int callers;
    private int busy;
    private bool started;

    /// <summary>Makes a pool; its threads begin with the first work for them.</summary>
    /// <param name="threads">Threads that work on a job, the caller included; at least 1.</param>
    public WorkerPool(int threads)
    {
        Threads = threads;
        helpers = new Helper[threads - 1];
        for (var i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Helper();
        }
    }

    /// <summary>The pool of packed products.</summary>
    public static WorkerPool Shared => SharedPool.Value;

    /// <summary>Whether <see cref="Shared"/> was used, so that its number of threads stands.</summary>
    public static bool IsSharedMade => SharedPool.IsValueCreated;

    /// <summary>Threads that work on a job, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Helpers that sleep, or have not yet begun to exist.</summary>
    public int Sleeping => started ? helpers.Count(helper => Volatile.Read(ref helper.Flags.Asleep) != 0) : helpers.Length;

    /// <summary>Runs every piece of a job that is worth waking helpers for; returns when all are done.</summary>
    public void Run(ParallelJob job) => Run(job, MuchWork);

    /// <summary>Runs every piece of a job; returns when all are done.</summary>
    /// <param name="job">The job, with its round begun.</param>
    /// <param name="work">What it costs, in bytes of weights read by a fast kernel.</param>
    public void Run(ParallelJob job, long work)
    {
        if (helpers.Length == 0 || work < MinWork || !IsWorthWaking(work))
        {
            job.RunAlone();
            return;
        }

        var others = Interlocked.Increment(ref callers) - 1;
        var threads = (int)Math.Min(Threads - others, work / WorkOfThread);
        if (threads < 2 || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            job.RunAlone();
        }
        else
        {
            RunShared(job, threads);
            Volatile.Write(ref busy, 0);
        }

        Interlocked.Decrement(ref callers);
    }

    private bool IsWorthWaking(long work)
    {
        if (started && Volatile.Read(ref helpers[0].Flags.Asleep) == 0)
        {
            return true;
        }

        // Callers may lose each other's additions: it is a matter of speed alone.
        workSinceAwake += work;
        if (workSinceAwake < WorkToWake)
        {
            return false;
        }

        workSinceAwake = 0;
        return true;
    }

    private void RunShared(ParallelJob job, int threads)
    {
        if (!started)
        {
            Start();
        }

        job.Share(threads);
        announced.Job = job;

        // The fence orders this before the look at who sleeps: a helper counts itself asleep before it looks at the round for the last time.
        Interlocked.Increment(ref announced.Round);
        Wake(1, threads);
        job.Participate(0);

        // A helper counts itself as working before it looks for the job: either it is seen here, or it sees that the job is gone.
        Interlocked.Exchange(ref announced.Job, null);
        foreach (var helper in helpers)
        {
            var pause = default(SpinPause);
            while (Volatile.Read(ref helper.Flags.Working) != 0)
            {
                pause.Once();
            }
        }
    }

    private void Start()
    {
        for (var i = 0; i < helpers.Length; i++)
        {
            var participant = i + 1;
            new Thread(() => Help(participant)) { IsBackground = true, Name = "reparam kernel" }.Start();
        }

        started = true;
    }

    private void Help(int participant)
    {
        var helper = helpers[participant - 1];
        var seen = 0;
        var patientUntil = Stopwatch.GetTimestamp() + PatienceTicks;
        while (true)
        {
            seen = WaitForRound(helper, seen, ref patientUntil);
            Interlocked.Exchange(ref helper.Flags.Working, 1);
            var job = Volatile.Read(ref announced.Job);
            var isNeeded = job is not null && participant < job.Participants;
            if (isNeeded)
            {
                // Sleepers wake each other like a tree, so that no thread pays for all.
                Wake(2 * participant, job!.Participants);
                Wake((2 * participant) + 1, job.Participants);
                job.Participate(participant);
            }

            Volatile.Write(ref helper.Flags.Working, 0);
            if (isNeeded)
            {
                // With as many callers as threads there is no processor to wait on.
                patientUntil = Volatile.Read(ref callers) < Threads ? Stopwatch.GetTimestamp() + PatienceTicks : 0;
            }
        }
    }

    private int WaitForRound(Helper helper, int seen, ref long patientUntil)
    {
        // It never yields here: a thread that yields may be gone for milliseconds, one that sleeps is back at once.
        while (Stopwatch.GetTimestamp() < patientUntil)
        {
            for (var i = 0; i < 16; i++)
            {
                var now = Volatile.Read(ref announced.Round);
                if (now != seen)
                {
                    return now;
                }

                SpinPause.Pause();
            }
        }

        Interlocked.Exchange(ref helper.Flags.Asleep, 1);
        if (Volatile.Read(ref announced.Round) == seen || Interlocked.Exchange(ref helper.Flags.Asleep, 0) == 0)
        {
            helper.Alarm.Wait();

            // Who was woken too late for the job is in time for the next one.
            patientUntil = Stopwatch.GetTimestamp() + PatienceTicks;
        }

        return Volatile.Read(ref announced.Round);
    }

    private void Wake(int participant, int threads)
    {
        if (participant >= threads)
        {
            return;
        }

        var helper = helpers[participant - 1];
        if (Volatile.Read(ref helper.Flags.Asleep) != 0 && Interlocked.Exchange(ref helper.Flags.Asleep, 0) != 0)
        {
            helper.Alarm.Release();
        }
    }

    /// <summary>What callers write and helpers watch, away from everything else.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Announcement
    {
        [FieldOffset(128)]
        public ParallelJob? Job;

        [FieldOffset(136)]
        public int Round;
    }

    /// <summary>What one helper writes and callers watch.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct HelperFlags
    {
        [FieldOffset(128)]
        public int Working;

        [FieldOffset(132)]
        public int Asleep;
    }

    private sealed class Helper
    {
        public readonly SemaphoreSlim Alarm = new(0);

        public HelperFlags Flags;
    }
}
