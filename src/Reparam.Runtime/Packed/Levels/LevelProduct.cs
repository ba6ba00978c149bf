using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed.Uniform;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed.Levels;

/// <summary>
/// A product of levels. A piece is two blocks of rows: a segment of them is decoded into the first cache and meets all input rows of the pass there. One for
/// each calling thread, kept for its lifetime, so that a warm call allocates nothing.
/// </summary>
internal sealed unsafe class LevelProduct : RoundedProduct
{
    private const int Blocks = 2;
    private const int LineBytes = 64;

    [ThreadStatic]
    private static LevelProduct? current;

    // The tiles and the totals of whatever thread runs a piece.
    [ThreadStatic]
    private static AlignedMemory? scratch;

    private PrepackedWeights? weights;
    private LevelForm? form;

    /// <summary>The calling thread's product.</summary>
    public static LevelProduct Current => current ??= new LevelProduct();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(PrepackedWeights matrix, LevelForm use, ReadOnlySpan<float> x, int batch, in ProductStore target, int targetRow, WorkerPool pool)
    {
        (weights, form) = (matrix, use);
        Multiply(use.Plan, matrix.ScaleExponent, PrepackedLayout.DivideUp(matrix.Blocks, Blocks), matrix.Bytes, x, batch, target, targetRow, pool);
        (weights, form) = (null, null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(int piece)
    {
        const int TileFloats = LevelTiles.TileWords * sizeof(short) / sizeof(float);
        var totalFloats = (nint)Inputs.PaddedPlanes * LevelSegment.TotalStride;
        var bytes = sizeof(float) * ((Blocks * (TileFloats + LevelTiles.Rows)) + totalFloats);
        if (scratch is null || scratch.Bytes < bytes)
        {
            scratch = new AlignedMemory(bytes);
        }

        var scales = (float*)scratch.Start;
        var tiles = (short*)(scales + (Blocks * LevelTiles.Rows));
        var totals = scales + (Blocks * (TileFloats + LevelTiles.Rows));
        new Span<float>(totals, (int)totalFloats).Clear();
        var block = Blocks * piece;
        var blocks = Math.Min(Blocks, weights!.Blocks - block);
        var segments = form!.Plan.Segments.Length;
        for (var segment = 0; segment < segments; segment++)
        {
            for (var b = 0; b < blocks; b++)
            {
                form.Tiles.Decode(block + b, segment, tiles + (b * LevelTiles.TileWords), scales + (b * LevelTiles.Rows));
            }

            Multiply(block, segment, blocks, tiles, scales, totals);
        }

        var row = block * LevelTiles.Rows;
        Store(totals, LevelSegment.TotalStride, row, Math.Min(Blocks * LevelTiles.Rows, weights.Rows - row));
    }

    // Two vectors of rows at a time: of one tile or of both. Where there is no second, the first is computed twice.
    private void Multiply(int block, int segment, int blocks, short* tiles, float* scales, float* totals)
    {
        var (kernels, columns) = (form!.Kernels, form.Plan.Segments[segment]);
        var segments = form.Plan.Segments.Length;
        var rows = blocks * LevelTiles.Rows;
        for (var lane = 0; lane < rows; lane += 2 * kernels.Lanes)
        {
            var other = lane + kernels.Lanes < rows ? lane + kernels.Lanes : lane;
            var part = new LevelSegment
            {
                First = Place(tiles, lane),
                Second = Place(tiles, other),
                PairStride = LevelTiles.PairWords,
                Pairs = IntegerInputs.Pairs(columns),
                FirstScales = scales + lane,
                SecondScales = scales + other,
                ScaleStride = segments,
                SecondTotals = other == lane ? LevelTiles.Rows : other - lane,
            };
            for (int input = 0, together; input < Inputs.PaddedPlanes; input += together)
            {
                together = Inputs.Together(input);
                if (lane == 0 && Sse.IsSupported)
                {
                    Prefetch(block, segment, input, together);
                }

                part.Inputs = Inputs.Interleaved(input, columns);
                part.InputScales = Inputs.Scales + ((nint)input * segments) + segment;
                part.Totals = totals + ((nint)input * LevelSegment.TotalStride) + lane;
                kernels.Multiply(together, in part);
            }
        }
    }

    // Asks for a share of what is decoded next, while some inputs are multiplied: all at once, lines would wait for each other.
    private void Prefetch(int block, int segment, int input, int together)
    {
        var (next, nextSegment) = segment + 1 == form!.Plan.Segments.Length ? (block + Blocks, 0) : (block, segment + 1);
        for (var b = next; b < Math.Min(next + Blocks, weights!.Blocks); b++)
        {
            var source = form.Tiles.Source(b, nextSegment, out var bytes);
            var end = source + ((long)bytes * (input + together) / Inputs.PaddedPlanes);
            for (source += (long)bytes * input / Inputs.PaddedPlanes; source < end; source += LineBytes)
            {
                Sse.Prefetch0(source);
            }
        }
    }

    private static short* Place(short* tiles, int lane) => tiles + (lane / LevelTiles.Rows * LevelTiles.TileWords) + (lane % LevelTiles.Rows * 2);
}
