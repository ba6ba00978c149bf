using BenchmarkDotNet.Attributes;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Benchmarks.Parts;

/// <summary>What it costs to bring all threads to work and to have them done: a piece for each, which ends when all have begun.</summary>
public class HandOffBenchmarks
{
    private readonly Meeting meeting = new();

    [Benchmark]
    public void Workers() => meeting.RunOn(WorkerPool.Shared);

    [Benchmark]
    public void ParallelFor() => Parallel.For(0, PackedKernels.Threads, static _ => { });

    private sealed class Meeting : PieceJob
    {
        // A thread that the system does not let run is not waited for.
        private const int MostSpins = 100_000;

        private int threads;
        private int begun;

        public void RunOn(WorkerPool pool)
        {
            threads = pool.Threads;
            begun = 0;
            Begin(threads);
            pool.Run(this);
        }

        protected override void Run(int piece)
        {
            Interlocked.Increment(ref begun);
            for (var spin = 0; spin < MostSpins && Volatile.Read(ref begun) < threads; spin++)
            {
            }
        }
    }
}
