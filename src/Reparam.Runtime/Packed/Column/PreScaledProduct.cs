using System.Runtime.CompilerServices;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A product of row blocks with tables of their own: who takes a block makes its tables. One for each calling thread, kept for its lifetime, so that a warm
/// call allocates nothing.
/// </summary>
internal sealed unsafe class PreScaledProduct : PieceJob
{
    private const int MaxInputs = 16;

    // Tables of the input rows of one pass; more than that would leave the second cache.
    private const int TableBudget = 512 << 10;

    [ThreadStatic]
    private static PreScaledProduct? current;

    // The tables of whatever thread runs a piece.
    [ThreadStatic]
    private static AlignedMemory? tableScratch;

    [ThreadStatic]
    private static AlignedMemory? scaleScratch;

    private readonly int[] exponents = new int[MaxInputs];
    private readonly bool[] hasNonFinite = new bool[MaxInputs];
    private AlignedMemory? inputMemory;
    private PrepackedSigns[] blocks = [];
    private int[] firstRows = [];
    private ProductStore store;
    private int inputs;

    /// <summary>The calling thread's product.</summary>
    public static PreScaledProduct Current => current ??= new PreScaledProduct();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(PrepackedSigns[] parts, ReadOnlySpan<float> x, int batch, in ProductStore target, int firstRow, WorkerPool pool)
    {
        blocks = parts;
        LocateBlocks(firstRow);
        var plan = parts[0].Tables;
        var pass = Math.Clamp(TableBudget / (plan.Segments * plan.SegmentBytes), 1, Math.Min(MaxInputs, batch));
        Reserve(ref inputMemory, (long)pass * plan.PaddedColumns * sizeof(float));
        for (var first = 0; first < batch; first += pass)
        {
            inputs = Math.Min(pass, batch - first);
            store = target.From(first);
            for (var input = 0; input < inputs; input++)
            {
                // All blocks have the same columns in the same order.
                exponents[input] = plan.Normalise(
                    x.Slice((first + input) * plan.Columns, plan.Columns), new Span<float>(Input(input, plan), plan.PaddedColumns), out hasNonFinite[input]);
            }

            Begin(parts.Length);
            pool.Run(this, parts.Length * parts[0].Bytes * inputs);
        }

        blocks = [];
    }

    [SkipLocalsInit]
    protected override void Run(int piece)
    {
        var block = blocks[piece];
        var plan = block.Tables;
        var tables = Reserve(ref tableScratch, (long)inputs * plan.Segments * plan.SegmentBytes).Start;
        var scales = (float*)Reserve(ref scaleScratch, (long)inputs * plan.Segments * sizeof(float)).Start;
        var factors = stackalloc ProductFactor[MaxInputs];
        for (var input = 0; input < inputs; input++)
        {
            plan.Build(Input(input, plan), 0, plan.Segments, tables + ((nint)input * plan.SegmentBytes), scales + input, inputs);
            factors[input] = new ProductFactor(hasNonFinite[input], (long)exponents[input] + plan.SumExponent + block.ScaleExponent);
        }

        var sums = stackalloc float[SegmentWindows.MaxBlocks * MaxInputs * PrepackedLayout.BlockRows];
        var arguments = new KernelArguments { Tables = tables, TableScales = scales, Sums = sums, Inputs = inputs };
        block.Fill(ref arguments);
        var together = SegmentWindows.BlocksTogether(block, inputs);
        for (var first = 0; first < block.Blocks; first += together)
        {
            var count = Math.Min(together, block.Blocks - first);
            arguments.Weights = block.Start + (first * block.BlockBytes);
            SegmentWindows.Multiply(block, in arguments, count);
            for (var i = 0; i < count; i++)
            {
                var row = (first + i) * PrepackedLayout.BlockRows;
                for (var input = 0; input < inputs; input++)
                {
                    var products = sums + (((i * inputs) + input) * PrepackedLayout.BlockRows);
                    store.Store(products, factors[input], input, firstRows[piece] + row, Math.Min(PrepackedLayout.BlockRows, block.Rows - row));
                }
            }
        }
    }

    private static AlignedMemory Reserve(ref AlignedMemory? memory, long bytes)
    {
        if (memory is null || memory.Bytes < bytes)
        {
            memory = new AlignedMemory(bytes);
        }

        return memory;
    }

    private float* Input(int input, TablePlan plan) => (float*)inputMemory!.Start + ((nint)input * plan.PaddedColumns);

    private void LocateBlocks(int row)
    {
        if (firstRows.Length < blocks.Length)
        {
            firstRows = new int[blocks.Length];
        }

        for (var i = 0; i < blocks.Length; i++)
        {
            firstRows[i] = row;
            row += blocks[i].Rows;
        }
    }
}
