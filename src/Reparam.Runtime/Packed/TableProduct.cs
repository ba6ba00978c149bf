using System.Runtime.Intrinsics;

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
    private float* output;
    private float* bias;
    private int inputs;
    private int blocksPerPiece;

    /// <summary>The calling thread's product.</summary>
    public static TableProduct Current => current ??= new TableProduct();

    /// <summary>Computes y = x·Wᵀ + bias.</summary>
    public void Multiply(RunningStream weights, ReadOnlySpan<float> x, Span<float> y, int batch, ReadOnlySpan<float> offsets, WorkerPool pool)
    {
        stream = weights;
        var plan = weights.Tables;
        var rowTables = plan.Segments * plan.SegmentBytes;
        var pass = Math.Clamp(TableBudget / rowTables, 1, Math.Min(MaxInputs, batch));
        Reserve(ref tableMemory, (long)pass * rowTables);
        Reserve(ref scaleMemory, (long)pass * plan.Segments * sizeof(float));
        Reserve(ref paddedMemory, (long)plan.PaddedColumns * sizeof(float));
        fixed (float* results = y, biases = offsets)
        {
            bias = offsets.IsEmpty ? null : biases;
            for (var first = 0; first < batch; first += pass)
            {
                inputs = Math.Min(pass, batch - first);
                output = results + ((nint)first * weights.Rows);
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

    protected override void Run(int piece)
    {
        var weights = stream!;
        var sums = stackalloc float[MaxInputs * StreamLayout.BlockRows];
        var arguments = new KernelArguments { Tables = tableMemory.Start, TableScales = (float*)scaleMemory.Start, Sums = sums, Inputs = inputs };
        weights.Fill(ref arguments);
        var kernel = weights.Kernel;
        var end = Math.Min(weights.Blocks, (piece + 1) * blocksPerPiece);
        for (var block = piece * blocksPerPiece; block < end; block++)
        {
            arguments.Stream = weights.Start + (block * weights.BlockBytes);
            kernel(in arguments);
            Store(sums, block * StreamLayout.BlockRows, weights.Rows);
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

    private void Store(float* sums, int row, int rows)
    {
        var count = Math.Min(StreamLayout.BlockRows, rows - row);
        for (var input = 0; input < inputs; input++)
        {
            var y = output + ((nint)input * rows) + row;
            var first = factors[input].First;
            var second = factors[input].Second;
            var i = 0;
            for (; i + Vector128<float>.Count <= count; i += Vector128<float>.Count)
            {
                var value = Vector128.Load(sums + i) * first * second;
                (bias == null ? value : value + Vector128.Load(bias + row + i)).Store(y + i);
            }

            for (; i < count; i++)
            {
                var value = sums[i] * first * second;
                y[i] = bias == null ? value : value + bias[row + i];
            }

            sums += StreamLayout.BlockRows;
        }
    }
}
