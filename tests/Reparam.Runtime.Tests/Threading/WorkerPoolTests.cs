using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

public class WorkerPoolTests
{
    private const long MuchWork = 1L << 40;

    [Fact]
    public void Every_piece_is_done_once_after_all_preparations_for_any_number_of_threads()
    {
        foreach (var threads in (int[])[1, 2, 3, 5, 8])
        {
            var pool = new WorkerPool(threads);
            foreach (var (pieces, preparations) in ((int, int)[])[(0, 0), (1, 0), (1, 3), (2, 1), (7, 0), (64, 5), (1000, 17)])
            {
                var job = new CountingJob();
                for (var round = 0; round < 50; round++)
                {
                    job.Start(pieces, preparations);
                    pool.Run(job, MuchWork);
                    job.AssertDone();
                }
            }
        }
    }

    [Fact]
    public void Many_callers_of_one_pool_get_what_they_asked_for()
    {
        var pool = new WorkerPool(4);
        var failures = 0;
        var callers = Enumerable.Range(0, 8).Select(caller => new Thread(() =>
        {
            var job = new CountingJob();
            for (var round = 0; round < 300; round++)
            {
                job.Start(1 + ((round * 7 + caller) % 60), round % 4);
                pool.Run(job, MuchWork);
                Interlocked.Add(ref failures, job.IsDone ? 0 : 1);
            }
        })).ToArray();
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        Assert.Equal(0, failures);
    }

    [Fact]
    public void A_job_within_a_job_is_done()
    {
        var pool = new WorkerPool(3);
        var outer = new NestedJob(pool);
        for (var round = 0; round < 20; round++)
        {
            outer.Start(12);
            pool.Run(outer, MuchWork);
            Assert.Equal(12, outer.Done);
        }
    }

    [Fact]
    public void Helpers_take_part_and_sleep_when_there_is_nothing_to_do()
    {
        var pool = new WorkerPool(3);
        Assert.Equal(2, pool.Sleeping);

        // Each of the three waits for the others inside the job: it ends only because all take part.
        var job = new MeetingJob(3);
        for (var round = 0; round < 5; round++)
        {
            job.Start();
            pool.Run(job, MuchWork);
            Assert.Equal(3, job.Threads);
            SpinWait.SpinUntil(() => pool.Sleeping == 2);
        }
    }

    [Fact]
    public void Little_work_wakes_nobody()
    {
        var pool = new WorkerPool(2);
        var job = new CountingJob();
        for (var round = 0; round < 100; round++)
        {
            job.Start(10, 2);
            pool.Run(job, 1 << 10);
            job.AssertDone();
        }

        Assert.Equal(1, pool.Sleeping);
    }

    private sealed class CountingJob : ParallelJob
    {
        private int[] pieces = [];
        private int[] preparations = [];
        private int early;

        public bool IsDone => early == 0 && pieces.All(count => count == 1) && preparations.All(count => count == 1);

        public void Start(int count, int before)
        {
            (pieces, preparations, early) = (new int[count], new int[before], 0);
            Begin(count, before);
        }

        public void AssertDone() => Assert.True(IsDone);

        protected override void Prepare(int piece) => Interlocked.Increment(ref preparations[piece]);

        protected override void Run(int first, int end)
        {
            Interlocked.Add(ref early, preparations.Count(count => count != 1));
            for (var piece = first; piece < end; piece++)
            {
                Interlocked.Increment(ref pieces[piece]);
            }
        }
    }

    private sealed class NestedJob(WorkerPool pool) : ParallelJob
    {
        private int done;

        public int Done => done;

        public void Start(int pieces)
        {
            done = 0;
            Begin(pieces);
        }

        protected override void Run(int first, int end)
        {
            for (var piece = first; piece < end; piece++)
            {
                var inner = new CountingJob();
                inner.Start(5, 2);
                pool.Run(inner, MuchWork);
                Interlocked.Add(ref done, inner.IsDone ? 1 : 0);
            }
        }
    }

    private sealed class MeetingJob(int size) : ParallelJob
    {
        private readonly HashSet<int> threads = [];
        private int arrived;

        public int Threads => threads.Count;

        public void Start()
        {
            threads.Clear();
            arrived = 0;
            Begin(size);
        }

        protected override void Run(int first, int end)
        {
            for (var piece = first; piece < end; piece++)
            {
                lock (threads)
                {
                    threads.Add(Environment.CurrentManagedThreadId);
                }

                Interlocked.Increment(ref arrived);
                SpinWait.SpinUntil(() => Volatile.Read(ref arrived) == size);
            }
        }
    }
}
