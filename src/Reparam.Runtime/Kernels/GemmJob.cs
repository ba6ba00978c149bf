using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// A large product cut into pieces of columns, or of rows when there are few columns. The cuts depend on the sizes alone, so the result does
/// not depend on the number of threads.
/// </summary>
internal sealed unsafe class GemmJob : PieceJob
{
    private const int PieceColumns = 256;
    private const int PieceRows = 16 * GemmTile.Rows;

    [ThreadStatic]
    private static GemmJob? local;

    private int m;
    private int n;
    private int k;
    private float* a;
    private int aRow;
    private int aColumn;
    private float* b;
    private int bRow;
    private int bColumn;
    private float* c;
    private int cRow;
    private bool byRows;

    /// <summary>Parameters as those of <see cref="Gemm.Multiply"/>.</summary>
    public static void Run(int m, int n, int k, float* a, int aRow, int aColumn, float* b, int bRow, int bColumn, float* c, int cRow)
    {
        var job = local ??= new GemmJob();
        (job.m, job.n, job.k) = (m, n, k);
        (job.aRow, job.aColumn, job.bRow, job.bColumn, job.cRow) = (aRow, aColumn, bRow, bColumn, cRow);
        job.a = a;
        job.b = b;
        job.c = c;
        job.byRows = n < 2 * PieceColumns && m > PieceRows;
        job.Begin(job.byRows ? (m + PieceRows - 1) / PieceRows : (n + PieceColumns - 1) / PieceColumns);
        WorkerPool.Shared.Run(job);
    }

    /// <inheritdoc/>
    protected override void Run(int piece)
    {
        if (byRows)
        {
            var row = piece * PieceRows;
            Gemm.MultiplyAlone(Math.Min(PieceRows, m - row), n, k, a + (long)row * aRow, aRow, aColumn, b, bRow, bColumn, c + (long)row * cRow, cRow);
        }
        else
        {
            var column = piece * PieceColumns;
            Gemm.MultiplyAlone(m, Math.Min(PieceColumns, n - column), k, a, aRow, aColumn, b + (long)column * bColumn, bRow, bColumn, c + column, cRow);
        }
    }
}
