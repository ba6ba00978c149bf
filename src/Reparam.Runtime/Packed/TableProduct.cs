using System.Runtime.CompilerServices;
namespace Reparam.Runtime.Packed;

/// <summary>
/// A product looked up in tables: the tables of a pass and the job that other threads help with. One for each calling thread, kept for its lifetime, so that a warm
/// call allocates nothing.
/// </summary>
internal sealed unsafe class TableProduct : ParallelJob
{
    // Sums of this many input rows and of 16 rows stay in the first cache; a kernel reads a unit's codes once for all of them.
    private const int MaxInputs = 16;

    // Tables of the input rows of one pass; more than that would leave the second cache.
    private const int TableBudget = 512 << 10;

    // Below this many bytes of the stream times input rows one thread is as fast as waking another.
    private const long WorkForThreads = 512 << 10;

    [ThreadStatic]
    private static TableProduct? current;

    private readonly ProductFactor[] factors = new ProductFactor[MaxInputs];
    private AlignedMemory tableMemory = new(0);
    private AlignedMemory scaleMemory = new(0);
    private AlignedMemory paddedMemory = new(0);

    private RunningStream? stream;
    private ProductStore store;
    private int inputs;
    private int blocksPerPiece;

    /// <summary>The calling thread's product.</summary>
    public static TableProduct Current => current ??= new TableProduct();

    /// <summary>Computes y = act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(RunningStream weights, ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue, WorkerPool pool)
    {
        stream = weights;
        var plan = weights.Tables;
        var rowTables = plan.Segments * plan.SegmentBytes;
        var pass = Math.Clamp(TableBudget / rowTables, 1, Math.Min(MaxInputs, batch));
        Reserve(ref tableMemory, (long)pass * rowTables);
        Reserve(ref scaleMemory, (long)pass * plan.Segments * sizeof(float));
        Reserve(ref paddedMemory, (long)plan.PaddedColumns * sizeof(float));
        fixed (float* output = y, bias = epilogue.Bias, gate = epilogue.Gate, residual = epilogue.Residual)
        {
            var whole = new ProductStore { Output = output, Bias = bias, Gate = gate, Residual = residual, Activation = epilogue.Activation, Rows = weights.Rows };
            for (var first = 0; first < batch; first += pass)
            {
                inputs = Math.Min(pass, batch - first);
                store = whole.From(first);
                for (var input = 0; input < inputs; input++)
                {
                    BuildTables(plan, x.Slice((first + input) * weights.Columns, weights.Columns), input);
                }

                blocksPerPiece = Math.Max(1, weights.Blocks / (pool.Threads * 8));
                Reset(StreamLayout.DivideUp(weights.Blocks, blocksPerPiece));
                if (weights.Bytes * inputs < WorkForThreads)
                {
                    Drain();
                }
                else
                {
                    pool.Run(this);
                }
            }
        }

        stream = null;
    }

    [SkipLocalsInit]
    protected override void Run(int piece)
    {
        var weights = stream!;
        var sums = stackalloc float[SegmentWindows.MaxBlocks * MaxInputs * StreamLayout.BlockRows];
        var arguments = new KernelArguments { Tables = tableMemory.Start, TableScales = (float*)scaleMemory.Start, Sums = sums, Inputs = inputs };
        weights.Fill(ref arguments);
        var together = SegmentWindows.BlocksTogether(weights, inputs);
        var end = Math.Min(weights.Blocks, (piece + 1) * blocksPerPiece);
        for (var block = piece * blocksPerPiece; block < end; block += together)
        {
            var blocks = Math.Min(together, end - block);
            arguments.Stream = weights.Start + (block * weights.BlockBytes);
            SegmentWindows.Multiply(weights, in arguments, blocks);
            for (var i = 0; i < blocks; i++)
            {
                var row = (block + i) * StreamLayout.BlockRows;
                var count = Math.Min(StreamLayout.BlockRows, weights.Rows - row);
                for (var input = 0; input < inputs; input++)
                {
                    store.Store(sums + (((i * inputs) + input) * StreamLayout.BlockRows), factors[input], input, row, count);
                }
            }
        }
    }

    private static void Reserve(ref AlignedMemory memory, long bytes)
    {
        if (memory.Bytes < bytes)
        {
            memory = new AlignedMemory(bytes);
        }
    }

    private void BuildTables(TablePlan plan, ReadOnlySpan<float> x, int input)
    {
        var padded = (float*)paddedMemory.Start;
        var exponent = plan.Normalise(x, new Span<float>(padded, plan.PaddedColumns), out var poisoned);
        var tables = tableMemory.Start + ((nint)input * plan.SegmentBytes);
        plan.Build(padded, 0, plan.Segments, tables, (float*)scaleMemory.Start + input, inputs);
        factors[input] = new ProductFactor(poisoned, (long)exponent + plan.SumExponent + stream!.ScaleExponent);
    }
}
