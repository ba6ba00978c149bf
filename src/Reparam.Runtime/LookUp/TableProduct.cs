using System.Runtime.CompilerServices;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Products looked up in tables: of one matrix, of several with the same input, or of a gated pair. One for each calling thread, kept for its lifetime, so
/// that a warm call allocates nothing. Of one input row each thread builds tables of its own, unless the row is long: lines of tables that another
/// processor reads are slow to write again.
/// </summary>
internal sealed unsafe class TableProduct : ParallelJob
{
    // Sums of this many input rows and of 16 rows stay in the first cache; a kernel reads a unit's codes once for all of them. Batched products have passes
    // of their own.
    private const int MaxInputs = 16;

    // Tables of the input rows of one pass; more than that would leave the second cache.
    private const int TableBudget = 512 << 10;

    // Bytes of the prepacked weights that are claimed together at least: smaller pieces would cost more to claim than they bring.
    private const int GrainBytes = 8 << 10;

    private const int MaxInterleaved = 3;

    // From so many bytes on a run is read at three places instead of two.
    private const long LongRun = 2 << 20;

    private const int Line = 64;

    // Floats of one row for which threads build tables together, and those of each part; of shorter rows each thread builds its own.
    private const int ColumnsToShare = 8 << 10;
    private const int ColumnsOfPart = 2 << 10;

    [ThreadStatic]
    private static TableProduct? current;

    // Sums of a batched product, on whatever thread computes them: more than a stack should hold.
    [ThreadStatic]
    private static AlignedMemory? batchedSums;

    private static int made;

    private readonly long ticketOfThis = (long)Interlocked.Increment(ref made) << 32;

    private PrepackedWeights[] matrices = new PrepackedWeights[4];
    private int matrixCount;
    private int targetRow;
    private bool isGated;
    private ProductStore store;
    private float* gatedBias;
    private float* source;
    private uint round;

    // Null where each thread builds its own.
    private TableSet? shared;
    private TablePlan plan = null!;
    private bool isBatched;
    private float* padded;
    private int segmentsOfPart;
    private int inputs;
    private int blocks;
    private int grain;

    /// <summary>The calling thread's product.</summary>
    public static TableProduct Current => current ??= new TableProduct();

    /// <summary>Adds a matrix to those of the next product: its tables must be those of the others.</summary>
    public void Add(PrepackedWeights weights)
    {
        if (matrixCount == matrices.Length)
        {
            Array.Resize(ref matrices, matrices.Length + 4);
        }

        matrices[matrixCount++] = weights;
    }

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual for the matrices that were added, set one upon the other.</summary>
    /// <param name="x">[batch, columns].</param>
    /// <param name="batch">Input rows, at least 1.</param>
    /// <param name="target">Where the outputs go.</param>
    /// <param name="firstRow">First row of the first matrix in the target.</param>
    /// <param name="pool">Threads.</param>
    public void Multiply(ReadOnlySpan<float> x, int batch, in ProductStore target, int firstRow, WorkerPool pool)
    {
        (isGated, targetRow) = (false, firstRow);
        MultiplyPasses(x, batch, target, pool);
    }

    /// <summary>Computes act(x·Gᵀ + bias) · (x·Uᵀ + bias of U) + residual with the two matrices that were added, G and U, of the same number of rows.</summary>
    /// <param name="x">[batch, columns].</param>
    /// <param name="batch">Input rows, at least 1.</param>
    /// <param name="target">Where the outputs go; without a gate of its own.</param>
    /// <param name="upBias">[rows] or null: the bias of U.</param>
    /// <param name="pool">Threads.</param>
    public void MultiplyGated(ReadOnlySpan<float> x, int batch, in ProductStore target, float* upBias, WorkerPool pool)
    {
        isGated = true;
        gatedBias = upBias;
        MultiplyPasses(x, batch, target, pool);
    }

    // Floats from the sums of a block to those of the next.
    private int SumsOfBlock => isBatched ? BatchedForm.SumsOfBlock(inputs) : inputs * PrepackedLayout.BlockRows;

    protected override void Prepare(int piece)
    {
        if (inputs == 1)
        {
            var first = piece * segmentsOfPart;
            shared!.Build(0, padded, first, Math.Min(plan.Segments, first + segmentsOfPart));
            return;
        }

        var row = RecentTables.Local.PaddedRow(plan);
        shared!.Normalise(piece, row);
        shared.Build(piece, row, 0, plan.Segments);
    }

    [SkipLocalsInit]
    protected override void Run(int first, int end)
    {
        var tables = shared ?? RecentTables.Local.Build(plan, source, ticketOfThis | round);

        // A vector of sums that lies across two cache lines would cost twice.
        var length = SumsOfBlock * (isBatched ? BatchedForm.MaxBlocks : inputs == 1 && !isGated ? MaxInterleaved : SegmentWindows.MaxBlocks);
        var memory = stackalloc byte[isBatched ? 0 : (2 * length * sizeof(float)) + Line];
        var sums = isBatched ? BatchedSums(2 * length) : (float*)(((nuint)memory + (Line - 1)) & ~(nuint)(Line - 1));
        var block = first * grain;
        var lastBlock = Math.Min(blocks, end * grain);
        if (isGated)
        {
            RunGated(tables, sums, sums + length, block, lastBlock);
            return;
        }

        var row = targetRow;
        for (var i = 0; i < matrixCount && lastBlock > 0; i++)
        {
            var packed = matrices[i];
            if (block < packed.Blocks)
            {
                RunBlocks(tables, packed, sums, block, Math.Min(packed.Blocks, lastBlock), row);
            }

            block = Math.Max(0, block - packed.Blocks);
            lastBlock -= packed.Blocks;
            row += packed.Rows;
        }
    }

    private void RunBlocks(TableSet tables, PrepackedWeights packed, float* sums, int block, int end, int firstRow)
    {
        var factors = stackalloc ProductFactor[inputs];
        SetFactors(tables, packed, factors);
        var arguments = Arguments(tables, packed, sums);
        while (inputs == 1 && packed.InterleavedBlocks > 1 && end - block > 1)
        {
            var interleaved = (end - block) * packed.BlockBytes < LongRun ? 2 : packed.InterleavedBlocks;
            var distance = (end - block) / interleaved;
            for (var last = block + distance; block < last; block++)
            {
                MultiplyInterleaved(packed, ref arguments, block, interleaved, distance);
                for (var i = 0; i < interleaved; i++)
                {
                    StoreBlock(packed, sums + (i * PrepackedLayout.BlockRows), factors, block + (i * distance), firstRow);
                }
            }

            block += (interleaved - 1) * distance;
        }

        var together = BlocksTogether(packed);
        for (; block < end; block += together)
        {
            var count = Math.Min(together, end - block);
            MultiplyTogether(packed, ref arguments, block, count);
            StoreBlocks(packed, sums, factors, block, count, firstRow);
        }
    }

    private int BlocksTogether(PrepackedWeights packed) => isBatched ? BatchedForm.MaxBlocks : SegmentWindows.BlocksTogether(packed, inputs);

    private void MultiplyTogether(PrepackedWeights packed, ref KernelArguments arguments, int block, int count)
    {
        arguments.Weights = packed.Start + (block * packed.BlockBytes);
        if (isBatched)
        {
            arguments.BlockDistance = (nint)packed.BlockBytes;
            SegmentWindows.MultiplyBatched(packed, in arguments, count);
        }
        else
        {
            SegmentWindows.Multiply(packed, in arguments, count);
        }
    }

    private static float* BatchedSums(int floats)
    {
        if (batchedSums is null || batchedSums.Bytes < (long)floats * sizeof(float))
        {
            batchedSums = new AlignedMemory((long)floats * sizeof(float));
        }

        return (float*)batchedSums.Start;
    }

    // Blocks far apart: each part of a run is read from front to back, and while one waits for its next lines another is looked up.
    private static void MultiplyInterleaved(PrepackedWeights packed, ref KernelArguments arguments, int block, int count, int distance)
    {
        arguments.Weights = packed.Start + (block * packed.BlockBytes);
        (arguments.Blocks, arguments.BlockDistance) = (count, (nint)(distance * packed.BlockBytes));
        packed.Kernel(in arguments);
        arguments.Blocks = 1;
    }

    private void StoreBlock(PrepackedWeights packed, float* sums, ProductFactor* factors, int block, int firstRow) =>
        StoreBlocks(packed, sums, factors, block, 1, firstRow);

    // One input row after the other: its outputs lie side by side.
    private void StoreBlocks(PrepackedWeights packed, float* sums, ProductFactor* factors, int block, int count, int firstRow)
    {
        var sumsOfBlock = SumsOfBlock;
        for (var input = 0; input < inputs; input++, sums += PrepackedLayout.BlockRows)
        {
            for (var i = 0; i < count; i++)
            {
                var row = (block + i) * PrepackedLayout.BlockRows;
                store.Store(sums + (i * sumsOfBlock), factors[input], input, firstRow + row, Math.Min(PrepackedLayout.BlockRows, packed.Rows - row));
            }
        }
    }

    private void RunGated(TableSet tables, float* sums, float* upSums, int block, int end)
    {
        var (gate, up) = (matrices[0], matrices[1]);
        var factors = stackalloc ProductFactor[2 * inputs];
        var upFactors = factors + inputs;
        SetFactors(tables, gate, factors);
        SetFactors(tables, up, upFactors);
        var most = isBatched ? BatchedForm.MaxBlocks : SegmentWindows.MaxBlocks;
        for (; block < end; block += most)
        {
            // Some blocks of one matrix, then those of the other: each matrix is read in long runs.
            var count = Math.Min(most, end - block);
            Sum(tables, up, upSums, block, count);
            Sum(tables, gate, sums, block, count);
            for (var i = 0; i < count; i++)
            {
                var row = (block + i) * PrepackedLayout.BlockRows;
                var rows = Math.Min(PrepackedLayout.BlockRows, gate.Rows - row);
                var (part, upPart) = ((nint)(sums + (i * SumsOfBlock)), (nint)(upSums + (i * SumsOfBlock)));
                for (var input = 0; input < inputs; input++)
                {
                    // The product of U takes the place of its sums and is then the gate.
                    var upBlock = (float*)upPart;
                    new ProductStore { Output = upBlock, Bias = gatedBias == null ? null : gatedBias + row }.Store(upBlock, upFactors[input], 0, 0, rows);
                    var gated = store;
                    gated.Gate = upBlock - (((nint)input * store.Rows) + row);
                    gated.Store((float*)part, factors[input], input, row, rows);
                    part += PrepackedLayout.BlockRows * sizeof(float);
                    upPart += PrepackedLayout.BlockRows * sizeof(float);
                }
            }
        }
    }

    // The sums of some blocks, [block][input row][16 rows], blocks lying SumsOfBlock apart.
    private void Sum(TableSet tables, PrepackedWeights packed, float* sums, int first, int count)
    {
        var arguments = Arguments(tables, packed, sums);
        var together = BlocksTogether(packed);
        if (inputs == 1 && packed.InterleavedBlocks > 1 && count % 2 == 0)
        {
            // A pair's sums lie behind each other: [pair][block of the first half, block of the second].
            var half = count / 2;
            var pairSums = stackalloc float[2 * PrepackedLayout.BlockRows];
            arguments.Sums = pairSums;
            for (var i = 0; i < half; i++)
            {
                MultiplyInterleaved(packed, ref arguments, first + i, 2, half);
                Copy(pairSums, sums + (i * PrepackedLayout.BlockRows));
                Copy(pairSums + PrepackedLayout.BlockRows, sums + ((half + i) * PrepackedLayout.BlockRows));
            }

            return;
        }

        for (var block = first; block < first + count; block += together)
        {
            MultiplyTogether(packed, ref arguments, block, Math.Min(together, first + count - block));
            arguments.Sums += together * SumsOfBlock;
        }
    }

    private static void Copy(float* from, float* to) =>
        new ReadOnlySpan<float>(from, PrepackedLayout.BlockRows).CopyTo(new Span<float>(to, PrepackedLayout.BlockRows));

    private KernelArguments Arguments(TableSet tables, PrepackedWeights packed, float* sums)
    {
        var arguments = new KernelArguments { Tables = tables.Tables, TableScales = tables.Scales, Sums = sums, Inputs = inputs };
        packed.Fill(ref arguments);
        return arguments;
    }

    private void SetFactors(TableSet tables, PrepackedWeights packed, ProductFactor* factors)
    {
        for (var input = 0; input < inputs; input++)
        {
            factors[input] = tables.Factor(input, packed);
        }
    }

    private void MultiplyPasses(ReadOnlySpan<float> x, int batch, in ProductStore target, WorkerPool pool)
    {
        var (bytes, blockBytes) = (0L, 0L);
        blocks = isGated ? matrices[0].Blocks : 0;
        for (var i = 0; i < matrixCount; i++)
        {
            bytes += matrices[i].Bytes;
            blockBytes = Math.Max(blockBytes, matrices[i].BlockBytes);
            blocks += isGated ? 0 : matrices[i].Blocks;
        }

        // By the batch alone, so that the bits depend neither on threads nor on how the batch is cut into passes.
        var batched = batch >= BatchedForm.MinInputs ? matrices[0].Batched : null;
        isBatched = batched is not null;
        plan = batched?.Tables ?? matrices[0].Tables;
        var pass = batched?.InputsOfPass(batch) ?? Math.Clamp(TableBudget / (plan.Segments * plan.SegmentBytes), 1, Math.Min(MaxInputs, batch));
        try
        {
            fixed (float* rows = x)
            {
                for (var first = 0; first < batch; first += pass)
                {
                    inputs = Math.Min(pass, batch - first);
                    store = target.From(first);
                    source = rows + ((nint)first * plan.Columns);
                    round++;
                    grain = batched is not null ? batched.Blocks * Math.Clamp(
                        blocks / (4 * pool.Threads * batched.Blocks), 1, BatchedForm.MaxBlocks / batched.Blocks)
                        : inputs == 1 ? (int)Math.Max(1, GrainBytes / blockBytes)
                        : Math.Clamp(PrepackedLayout.DivideUp(blocks, 4 * pool.Threads), 1, SegmentWindows.BlocksTogether(matrices[0], inputs));
                    Begin(PrepackedLayout.DivideUp(blocks, grain), FindShared());
                    pool.Run(this, bytes * inputs);
                }
            }
        }
        finally
        {
            Array.Clear(matrices, 0, matrixCount);
            matrixCount = 0;
        }
    }

    // Finds the tables that threads share; gives the number of parts of building that are left to do.
    private int FindShared()
    {
        if (inputs == 1 && plan.PaddedColumns < ColumnsToShare)
        {
            shared = null;
            return 0;
        }

        var recent = RecentTables.Local;
        padded = recent.PaddedRow(plan);
        shared = recent.Find(plan, new ReadOnlySpan<float>(source, inputs * plan.Columns), inputs, out var isBuilt);
        if (isBuilt || inputs > 1)
        {
            return isBuilt ? 0 : inputs;
        }

        shared.Normalise(0, padded);
        segmentsOfPart = PrepackedLayout.DivideUp(plan.Segments, PrepackedLayout.DivideUp(plan.PaddedColumns, ColumnsOfPart));
        return PrepackedLayout.DivideUp(plan.Segments, segmentsOfPart);
    }
}
