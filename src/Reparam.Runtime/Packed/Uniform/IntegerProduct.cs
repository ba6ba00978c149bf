using System.Runtime.CompilerServices;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>A product of integers. One for each calling thread, kept for its lifetime, so that a warm call allocates nothing.</summary>
internal sealed unsafe class IntegerProduct : RoundedProduct
{
    // Columns whose integers stay in the first cache while all input rows of a pass meet them.
    private const int BlockSteps = 1024 / UniformTiles.StepColumns;
    private const int PieceRows = UniformTiles.PieceRows;

    [ThreadStatic]
    private static IntegerProduct? current;

    // The sums of whatever thread runs a piece.
    [ThreadStatic]
    private static AlignedMemory? scratch;

    private PrepackedUniform? weights;
    private IntegerPlan? plan;

    /// <summary>The calling thread's product.</summary>
    public static IntegerProduct Current => current ??= new IntegerProduct();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(PrepackedUniform matrix, IntegerPlan use, ReadOnlySpan<float> x, int batch, in ProductStore target, int targetRow, WorkerPool pool)
    {
        (weights, plan) = (matrix, use);
        Multiply(
            use, matrix.ScaleExponent, PrepackedLayout.DivideUp(matrix.Tiles, 2), matrix.Bytes * use.Planes / (matrix.IsNibble ? 1 : 2), x, batch, target,
            targetRow, pool);
        (weights, plan) = (null, null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(int piece)
    {
        var stride = UniformTiles.SumStride(plan!.Kernels.Lanes);
        var sumInts = (nint)Inputs.PaddedPlanes * stride;
        var bytes = (sumInts * sizeof(int)) + ((nint)Inputs.Rows * PieceRows * sizeof(float));
        if (scratch is null || scratch.Bytes < bytes)
        {
            scratch = new AlignedMemory(bytes);
        }

        var tile = 2 * piece;
        var tiles = Math.Min(2, weights!.Tiles - tile);
        var sums = (int*)scratch.Start;
        var totals = (float*)(sums + sumInts);
        new Span<byte>(sums, (int)bytes).Clear();
        var scaling = Scaling();
        for (var first = 0; first < tiles; first += stride / UniformTiles.Rows)
        {
            var rows = Math.Min(stride, (tiles - first) * UniformTiles.Rows);
            var codes = weights.Codes + ((tile + first) * weights.TileBytes);
            for (var segment = 0; segment < plan.Segments.Length; segment++)
            {
                Multiply(plan.Segments[segment], codes, rows, sums);
                AddScaled(ref scaling, segment, tile + first, rows, sums, totals + (first * UniformTiles.Rows));
            }
        }

        for (var t = 0; t < tiles; t++)
        {
            var row = (tile + t) * UniformTiles.Rows;
            Store(totals + (t * UniformTiles.Rows), PieceRows, row, Math.Min(UniformTiles.Rows, weights.Rows - row));
        }
    }

    // The products of a segment with the rows that one stride of sums has. Two vectors of rows are multiplied together; where there is no second, the first
    // stands for it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(UniformSegment segment, byte* codes, int rows, int* sums)
    {
        var kernels = plan!.Kernels;
        var (tileBytes, stepBytes, lanes, planes) = ((nint)weights!.TileBytes, weights.StepBytes, kernels.Lanes, Inputs.PaddedPlanes);
        var stride = UniformTiles.SumStride(lanes);
        var end = segment.Step + segment.Steps;
        var size = planes <= 2 ? segment.Steps : BlockSteps;
        for (var step = segment.Step; step < end; step += size)
        {
            var steps = Math.Min(size, end - step);
            var block = codes + ((nint)step * stepBytes);
            nint shared = 0;
            for (int plane = 0, together; plane < planes; plane += together)
            {
                together = Inputs.Together(plane);
                var ahead = Ahead(block, (nint)steps * stepBytes, shared, rows, tileBytes);
                shared += steps * UniformTiles.AheadBytes;
                for (var lane = 0; lane < rows; lane += 2 * lanes)
                {
                    var first = Place(block, lane, tileBytes);
                    var second = lane + lanes < rows ? Place(block, lane + lanes, tileBytes) : first;
                    kernels.Multiply(together, first, second, steps, Inputs.Codes(plane, step), Inputs.PlaneInts, sums + (plane * stride) + lane, ahead);
                }
            }
        }
    }

    // Where a call prefetches: the calls of a block share the next one, which lies behind it in its tile or tiles.
    private static byte* Ahead(byte* block, nint bytes, nint shared, int rows, nint tileBytes) =>
        shared < bytes ? block + bytes + shared
        : shared < 2 * bytes && rows > UniformTiles.Rows ? block + tileBytes + shared
        : block;

    private static byte* Place(byte* codes, int lane, nint tileBytes) =>
        codes + (lane / UniformTiles.Rows * tileBytes) + (lane % UniformTiles.Rows * sizeof(int));

    // What the sums of all segments are scaled with.
    private SegmentSums Scaling() => new()
    {
        SumStride = UniformTiles.SumStride(plan!.Kernels.Lanes),
        Planes = plan.Planes,
        Middle = weights!.Middle,
        ZeroOfInputs = plan.Inputs is { } given ? given.ZeroPoints.Span[0] - (1 << (given.Bits - 1)) : 0,
        Inputs = Inputs.Rows,
        InputStride = plan.Segments.Length,
    };

    // Scales the sums of a segment, which are 0 again then.
    private void AddScaled(ref SegmentSums scaling, int segment, int tile, int rows, int* sums, float* totals)
    {
        var (kernels, matrix) = (plan!.Kernels, weights!);
        scaling.InputSums = Inputs.Sums + segment;
        scaling.InputScales = Inputs.Scales + segment;
        for (var lane = 0; lane < rows; lane += kernels.ScaledRows)
        {
            var group = (((nint)tile + (lane / UniformTiles.Rows)) * matrix.Groups) + plan.Segments[segment].Group;
            var place = (group * UniformTiles.Rows) + (lane % UniformTiles.Rows);
            scaling.Sums = sums + lane;
            scaling.Totals = totals + lane;
            scaling.Scales = matrix.Scales + place;
            scaling.Zeros = matrix.Zeros == null ? null : matrix.Zeros + place;
            scaling.WeightSums = matrix.Sums + place;
            kernels.Scale(in scaling);
        }
    }
}
