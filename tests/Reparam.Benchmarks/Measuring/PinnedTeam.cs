using Reparam.Cli.Machine;

namespace Reparam.Benchmarks.Measuring;

/// <summary>
/// Threads with a static share of the work each, one a processor: the caller has the first share. They spin for a short while after a round and sleep then, so that they
/// do not steal time from a contender with threads of its own.
/// </summary>
internal sealed class PinnedTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    private readonly Helper[] helpers;
    private Action<int>? work;
    private int round;
    private int unfinished;

    /// <param name="threads">Threads, the caller included; at least 1.</param>
    public PinnedTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        var processors = CpuAffinity.Allowed() ?? [];
        helpers = [.. Enumerable.Range(1, threads - 1).Select(part => new Helper(this, part, part < processors.Length ? processors[part] : null))];
    }

    /// <summary>Threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="part"/> once for each thread, with its number, and returns when all are done.</summary>
    public void Run(Action<int> part)
    {
        Volatile.Write(ref unfinished, helpers.Length);
        StartRound(part);
        part(0);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref unfinished) != 0)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>The first of the rows that a thread takes when <paramref name="rows"/> are shared evenly; that of the next thread is the end.</summary>
    public int FirstRow(int part, int rows) => (int)((long)rows * part / Threads);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        StartRound(null);
        foreach (var helper in helpers)
        {
            helper.Dispose();
        }
    }

    private void StartRound(Action<int>? part)
    {
        work = part;
        Interlocked.Increment(ref round);
        foreach (var helper in helpers)
        {
            helper.Wake();
        }
    }

    private sealed class Helper : IDisposable
    {
        private readonly SemaphoreSlim wake = new(0);
        private readonly PinnedTeam team;
        private readonly Thread thread;
        private int asleep;

        public Helper(PinnedTeam team, int part, int? processor)
        {
            this.team = team;
            thread = new Thread(() => Help(part, processor)) { IsBackground = true, Name = $"benchmark {part}" };
            thread.Start();
        }

        public void Wake()
        {
            if (Interlocked.Exchange(ref asleep, 0) != 0)
            {
                wake.Release();
            }
        }

        public void Dispose()
        {
            thread.Join();
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
                if (team.work is not { } work)
                {
                    return;
                }

                work(part);
                Interlocked.Decrement(ref team.unfinished);
            }
        }

        private void WaitAfter(int seen)
        {
            for (var spin = 0; spin < SpinsBeforeSleep; spin++)
            {
                if (Volatile.Read(ref team.round) != seen)
                {
                    return;
                }

                Thread.SpinWait(4);
            }

            // Marked first and looked at again: a round that begins in between either wakes this thread or is seen. A mark left behind costs one needless wake.
            while (Volatile.Read(ref team.round) == seen)
            {
                Interlocked.Exchange(ref asleep, 1);
                if (Volatile.Read(ref team.round) == seen)
                {
                    wake.Wait();
                }
            }
        }
    }
}
