using System.Numerics;
using System.Runtime.CompilerServices;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// A product of integers: the inputs of a pass and the job that other threads help with. A segment's products are summed as whole numbers, so that no result
/// depends on the instructions, the threads or the other rows of the batch; segments are added in their order. One for each calling
/// thread, kept for its lifetime, so that a warm call allocates nothing.
/// </summary>
internal sealed unsafe class IntegerProduct : PieceJob
{
    // Columns whose integers and inputs stay in the first cache while all input rows of a pass meet them.
    private const int BlockSteps = 256 / UniformTiles.StepColumns;
    private const int PieceRows = UniformTiles.PieceRows;

    [ThreadStatic]
    private static IntegerProduct? current;

    // The sums of whatever thread runs a piece.
    [ThreadStatic]
    private static AlignedMemory? scratch;

    private readonly IntegerInputs inputs = new();
    private PrepackedUniform? weights;
    private IntegerPlan? plan;
    private ProductStore store;
    private float* source;
    private int firstRow;

    /// <summary>The calling thread's product.</summary>
    public static IntegerProduct Current => current ??= new IntegerProduct();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(PrepackedUniform matrix, IntegerPlan use, ReadOnlySpan<float> x, int batch, in ProductStore target, int targetRow, WorkerPool pool)
    {
        (weights, plan, firstRow) = (matrix, use, targetRow);
        fixed (float* rows = x)
        {
            for (var first = 0; first < batch; first += IntegerInputs.MaxRows)
            {
                inputs.Begin(use, Math.Min(IntegerInputs.MaxRows, batch - first));
                store = target.From(first);
                source = rows + ((nint)first * use.Columns);
                Begin(PrepackedLayout.DivideUp(matrix.Tiles, 2), inputs.Rows);
                pool.Run(this, matrix.Bytes * use.Planes * inputs.Rows / (matrix.IsNibble ? 1 : 2));
            }
        }

        inputs.End();
        (weights, plan) = (null, null);
    }

    protected override void Prepare(int piece) =>
        inputs.Take(new ReadOnlySpan<float>(source + ((nint)piece * plan!.Columns), plan.Columns), piece, weights!.ScaleExponent);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(int piece)
    {
        var planeInts = (nint)inputs.PaddedPlanes * PieceRows;
        var bytes = (planeInts * sizeof(int)) + ((nint)inputs.Rows * PieceRows * sizeof(float));
        if (scratch is null || scratch.Bytes < bytes)
        {
            scratch = new AlignedMemory(bytes);
        }

        var tile = 2 * piece;
        var tiles = Math.Min(2, weights!.Tiles - tile);
        var grid = (nint)tile * weights.Groups * UniformTiles.Rows;
        var sums = (int*)scratch.Start;
        var piecewise = new PieceGrids
        {
            Scales = weights.Scales + grid,
            Zeros = weights.Zeros == null ? null : weights.Zeros + grid,
            Sums = weights.Sums == null ? null : weights.Sums + grid,
            Totals = (float*)(sums + planeInts),
            ZeroOfInputs = plan!.Inputs is { } given ? given.ZeroPoints.Span[0] - (1 << (given.Bits - 1)) : 0,
        };
        new Span<float>(piecewise.Totals, inputs.Rows * PieceRows).Clear();
        var codes = weights.Codes + (tile * weights.TileBytes);
        var segments = plan.Segments;
        for (var i = 0; i < segments.Length; i++)
        {
            new Span<int>(sums, (int)planeInts).Clear();
            Multiply(segments[i], codes, tiles * UniformTiles.Rows, sums);
            AddScaled(piecewise, i, segments[i].Group * UniformTiles.Rows, tiles * UniformTiles.Rows, sums);
        }

        for (var input = 0; input < inputs.Rows; input++)
        {
            for (var t = 0; t < tiles; t++)
            {
                var row = (tile + t) * UniformTiles.Rows;
                var totals = piecewise.Totals + (input * PieceRows) + (t * UniformTiles.Rows);
                store.Store(totals, inputs.Factor(input), input, firstRow + row, Math.Min(UniformTiles.Rows, weights.Rows - row));
            }
        }
    }

    // The products of a segment as whole numbers, [plane, 32]. Two vectors of rows are multiplied together; where there is no second, the first stands for it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(UniformSegment segment, byte* codes, int rows, int* sums)
    {
        var kernels = plan!.Kernels;
        var (tileBytes, stepBytes, lanes, planes) = ((nint)weights!.TileBytes, weights.StepBytes, kernels.Lanes, inputs.PaddedPlanes);
        var end = segment.Step + segment.Steps;
        var size = planes <= 2 ? segment.Steps : BlockSteps;
        for (var step = segment.Step; step < end; step += size)
        {
            var steps = Math.Min(size, end - step);
            for (var lane = 0; lane < rows; lane += 2 * lanes)
            {
                var first = Place(codes + ((nint)step * stepBytes), lane, tileBytes);
                var second = lane + lanes < rows ? Place(codes + ((nint)step * stepBytes), lane + lanes, tileBytes) : first;
                for (var plane = 0; plane < planes;)
                {
                    var together = inputs.Together(plane);
                    kernels.Multiply(together, first, second, steps, inputs.Codes(plane, step), sums + (plane * PieceRows) + lane);
                    plane += together;
                }
            }
        }
    }

    private static byte* Place(byte* codes, int lane, nint tileBytes) =>
        codes + (lane / UniformTiles.Rows * tileBytes) + (lane % UniformTiles.Rows * sizeof(int));

    // total += scale · input's scale · Σ (q − z)·(u − zero).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddScaled(in PieceGrids grids, int segment, nint group, int rows, int* sums)
    {
        var (segments, planes, middle, tileGrid) = (plan!.Segments.Length, plan.Planes, weights!.Middle, (nint)weights.Groups * UniformTiles.Rows);
        for (var input = 0; input < inputs.Rows; input++)
        {
            var inputSum = inputs.Sums[(input * segments) + segment];
            var inputScale = inputs.Scales[(input * segments) + segment];
            var source = sums + (input * planes * PieceRows);
            var total = grids.Totals + (input * PieceRows);
            for (var lane = 0; lane < rows; lane += Vector<int>.Count)
            {
                var place = group + (lane % UniformTiles.Rows) + (lane < UniformTiles.Rows ? 0 : tileGrid);
                var sum = Vector.Load(source + lane);
                sum = planes == 1 ? sum : (sum << 8) + Vector.Load(source + PieceRows + lane);
                sum -= grids.Zeros == null ? new Vector<int>(middle * inputSum) : Vector.Load(grids.Zeros + place) * inputSum;
                sum = grids.ZeroOfInputs == 0 ? sum : sum - (Vector.Load(grids.Sums + place) * grids.ZeroOfInputs);
                (Vector.Load(total + lane) + (Vector.ConvertToSingle(sum) * (Vector.Load(grids.Scales + place) * inputScale))).Store(total + lane);
            }
        }
    }

    // What the sums of a piece are multiplied with: from its first tile and the first group on.
    private struct PieceGrids
    {
        public float* Scales;
        public int* Zeros;
        public int* Sums;
        public float* Totals;
        public int ZeroOfInputs;
    }
}
