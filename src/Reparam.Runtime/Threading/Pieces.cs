namespace Reparam.Runtime.Threading;

/// <summary>Independent pieces of work of a kernel that has no job class of its own.</summary>
internal sealed class Pieces : PieceJob
{
    private readonly Action<int> body;

    private Pieces(Action<int> body)
    {
        this.body = body;
    }

    /// <summary>Runs a function for 0 … count − 1, on several threads where that is worth it.</summary>
    /// <param name="count">Pieces.</param>
    /// <param name="work">Bytes that all pieces read, or what takes as long.</param>
    /// <param name="body">Must not throw.</param>
    public static void Run(int count, long work, Action<int> body)
    {
        if (count > 1 && work >= WorkerPool.MinWork)
        {
            var job = new Pieces(body);
            job.Begin(count);
            WorkerPool.Shared.Run(job, work);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            body(i);
        }
    }

    /// <inheritdoc/>
    protected override void Run(int piece) => body(piece);
}
