using Reparam.Cli.Machine;

namespace Reparam.Cli.Benchmarks;

/// <summary>
/// Threads with a static share of the work each, one a processor: the caller has the first share. They spin for a short while after a round and sleep then, so that they
/// do not steal time from a contender with threads of its own.
/// </summary>
internal sealed class PinnedTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    private readonly SemaphoreSlim wake = new(0);
    private readonly Thread[] helpers;
    private Action<int>? work;
    private int round;
    private int asleep;
    private int unfinished;

    /// <param name="threads">Threads, the caller included; at least 1.</param>
    public PinnedTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        var processors = CpuAffinity.Allowed() ?? [];
        helpers = new Thread[threads - 1];
        for (var i = 0; i < helpers.Length; i++)
        {
            var part = i + 1;
            helpers[i] = new Thread(() => Help(part, part < processors.Length ? processors[part] : null)) { IsBackground = true, Name = $"reparam bench {part}" };
            helpers[i].Start();
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="part"/> once for each thread, with its number, and returns when all are done.</summary>
    public void Run(Action<int> part)
    {
        if (helpers.Length > 0)
        {
            work = part;
            Volatile.Write(ref unfinished, helpers.Length);
            Interlocked.Increment(ref round);
            var sleepers = Interlocked.Exchange(ref asleep, 0);
            if (sleepers > 0)
            {
                wake.Release(sleepers);
            }
        }

        part(0);
        while (Volatile.Read(ref unfinished) != 0)
        {
            Thread.SpinWait(1);
        }
    }

    /// <summary>The first of the rows that a thread takes when <paramref name="rows"/> are shared evenly; that of the next thread is the end.</summary>
    public int FirstRow(int part, int rows) => (int)((long)rows * part / Threads);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        work = null;
        Interlocked.Increment(ref round);
        wake.Release(helpers.Length + 1);
        foreach (var helper in helpers)
        {
            helper.Join();
        }

        wake.Dispose();
    }

    private void Help(int part, int? processor)
    {
        if (processor is { } cpu)
        {
            CpuAffinity.Bind(cpu);
        }

        for (var seen = 0; ; seen++)
        {
            WaitAfter(seen);
            if (work is not { } current)
            {
                return;
            }

            current(part);
            Interlocked.Decrement(ref unfinished);
        }
    }

    private void WaitAfter(int seen)
    {
        for (var spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (Volatile.Read(ref round) != seen)
            {
                return;
            }

            Thread.SpinWait(4);
        }

        while (Volatile.Read(ref round) == seen)
        {
            // Counted first and looked at again: a round that begins in between either wakes this thread or is seen.
            Interlocked.Increment(ref asleep);
            if (Volatile.Read(ref round) == seen)
            {
                wake.Wait();
            }
        }
    }
}
