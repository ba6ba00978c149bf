using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Packed.Levels;
using Reparam.Runtime.Packed.Uniform;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// A convolution with packed weights as one of whole numbers: the levels of the weights are decoded once for all images, and an image becomes words with one
/// scale. A piece is a block of output positions of one group. Positions lie side by side in vectors, so that outputs come in the order of the result; each
/// pair of columns is gathered for all outputs of the group at once.
/// </summary>
internal sealed unsafe class LevelConvolution : PieceJob
{
    // Positions of a piece: two vectors of the widest kernel.
    private const int Positions = LevelSegment.TotalStride;

    // Words and double words that may be read and written behind what is needed.
    private const int Slack = 64;

    // Beyond this an image is near the ends of the range of floats.
    private const float MaxImage = 1L << 62;

    [ThreadStatic]
    private static LevelConvolution? local;

    // The panel and the totals of whatever thread runs a piece.
    [ThreadStatic]
    private static AlignedMemory? scratch;

    // The plane of whatever thread prepares one.
    [ThreadStatic]
    private static short[]? rounded;

    private readonly List<LevelRows> rows = [];
    private AlignedMemory words = new(0);
    private IReadOnlyList<PackedMatrix>? matrices;
    private ConvolutionShape shape;
    private PaddedPlanes layout;
    private int* offsets;
    private ConvolutionStore store;
    private float* source;
    private int image;
    private float factor;
    private float step;
    private int blocks;

    /// <summary>The calling thread's.</summary>
    public static LevelConvolution Local => local ??= new LevelConvolution();

    /// <summary>Whether matrices can be multiplied so, and it is worth while.</summary>
    /// <param name="packed">One matrix for each group.</param>
    /// <param name="sizes">Sizes.</param>
    public static bool Fits(IReadOnlyList<PackedMatrix> packed, in ConvolutionShape sizes)
    {
        if (sizes.OutputsPerGroup < LevelTiles.Rows / 2 || sizes.Depth < LevelTiles.Rows)
        {
            return false;
        }

        for (var group = 0; group < packed.Count; group++)
        {
            if (packed[group].Joinable is not { } weights || weights.LooksUp(sizes.Positions))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the weights of a call.</summary>
    /// <param name="packed">One matrix [outputs / groups, depth] for each group.</param>
    /// <param name="sizes">Sizes.</param>
    /// <param name="padded">Layout of the planes.</param>
    /// <param name="places">[depth]: see <see cref="PaddedPlanes.WriteOffsets"/>.</param>
    /// <param name="target">Where outputs go, and what becomes of them.</param>
    public void Begin(IReadOnlyList<PackedMatrix> packed, in ConvolutionShape sizes, in PaddedPlanes padded, int* places, in ConvolutionStore target)
    {
        (matrices, shape, layout) = (packed, sizes, padded);
        offsets = places;
        store = target;
        blocks = PrepackedLayout.DivideUp(shape.Positions, Positions);
        while (rows.Count < packed.Count)
        {
            rows.Add(new LevelRows());
        }

        for (var group = 0; group < packed.Count; group++)
        {
            rows[group].Take(packed[group].Joinable!);
        }

        var length = checked((shape.Channels * layout.PlaneSize) + Slack);
        if (words.Bytes < sizeof(short) * (long)length)
        {
            words = new AlignedMemory(sizeof(short) * (long)length);
        }

        // Images are written between their padding.
        new Span<short>(words.Start, length).Clear();
    }

    /// <summary>Computes the outputs of one image.</summary>
    /// <param name="inputs">[channels, height, width].</param>
    /// <param name="index">Its number in the batch.</param>
    /// <param name="parallel">Whether other threads may help.</param>
    /// <returns>Whether it did: not where an input is not finite, or where inputs are near the ends of the range of floats.</returns>
    public bool Run(float* inputs, int index, bool parallel)
    {
        var largest = IntegerInputs.MaxMagnitude(new ReadOnlySpan<float>(inputs, shape.Channels * shape.Height * shape.Width));
        if (!(largest < MaxImage) || (largest < 1 / MaxImage && largest > 0))
        {
            return false;
        }

        source = inputs;
        image = index;
        (factor, step) = largest > 0 ? (InputPlan.WordSteps / largest, largest / InputPlan.WordSteps) : (0, 0);
        Begin(blocks * shape.Groups, shape.Channels);
        if (parallel && blocks * shape.Groups > 1)
        {
            WorkerPool.Shared.Run(this);
        }
        else
        {
            RunAlone();
        }

        return true;
    }

    /// <summary>Ends the call.</summary>
    public void End() => matrices = null;

    protected override void Prepare(int piece)
    {
        var size = shape.Height * shape.Width;
        var plain = new ReadOnlySpan<float>(source + ((nint)piece * size), size);
        var plane = new Span<short>((short*)words.Start + ((nint)piece * layout.PlaneSize), layout.PlaneSize);
        if (layout.IsInPlace)
        {
            _ = IntegerInputs.Round(plain, factor, plane);
            return;
        }

        rounded = rounded is null || rounded.Length < size ? new short[size] : rounded;
        _ = IntegerInputs.Round(plain, factor, rounded);
        var width = layout.RowPitch / shape.StrideX;
        var count = Math.Min(shape.Height, (layout.PlaneSize / layout.RowPitch) - shape.PadTop);
        for (var phase = 0; phase < Math.Min(shape.StrideX, shape.Width); phase++)
        {
            // Every so many columns from this one on are neighbours in the plane.
            var (place, of) = Math.DivRem(phase + shape.PadLeft, shape.StrideX);
            var columns = Math.Min((shape.Width - phase + shape.StrideX - 1) / shape.StrideX, width - place);
            for (var y = 0; y < count && columns > 0; y++)
            {
                var target = ((y + shape.PadTop) * layout.RowPitch) + (of * width) + place;
                CopyEvery(rounded.AsSpan((y * shape.Width) + phase, ((columns - 1) * shape.StrideX) + 1), shape.StrideX, plane.Slice(target, columns));
            }
        }
    }

    // One of so many words.
    private static void CopyEvery(ReadOnlySpan<short> words, int stride, Span<short> target)
    {
        if (stride == 1)
        {
            words.CopyTo(target);
            return;
        }

        var i = 0;
        for (; stride == 2 && (2 * i) + (2 * Vector128<short>.Count) <= words.Length; i += Vector128<short>.Count)
        {
            var (first, second) = (Vector128.Create(words[(2 * i)..]).AsUInt32(), Vector128.Create(words[((2 * i) + Vector128<short>.Count)..]).AsUInt32());
            Vector128.Narrow(first & Vector128.Create(0xFFFFu), second & Vector128.Create(0xFFFFu)).AsInt16().CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] = words[i * stride];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(int piece)
    {
        const int PanelInts = (LevelTiles.MaxColumns / 2 * Positions) + Slack;
        var (group, block) = Math.DivRem(piece, blocks);
        var levels = rows[group];
        var weights = matrices![group].Joinable!;
        var form = weights.Levels!;
        var totalFloats = levels.Rows * Positions;
        var bytes = sizeof(int) * (PanelInts + Positions + (long)totalFloats);
        if (scratch is null || scratch.Bytes < bytes)
        {
            scratch = new AlignedMemory(bytes);
        }

        var panel = (int*)scratch.Start;
        var steps = (float*)(panel + PanelInts);
        var totals = steps + Positions;
        new Span<float>(steps, Positions).Fill(step);
        new Span<float>(totals, totalFloats).Clear();

        var first = block * Positions;
        var count = Math.Min(Positions, shape.Positions - first);
        var planes = (short*)words.Start + ((nint)group * shape.ChannelsPerGroup * layout.PlaneSize);
        var starts = stackalloc nint[Positions];
        var places = stackalloc int[Positions];
        var runs = FindRuns(first, count, starts, places);
        for (var segment = 0; segment < form.Plan.Segments.Length; segment++)
        {
            var columns = form.Plan.Segments[segment];
            Gather(planes, offsets + columns.Column, columns.Columns, starts, places, runs, panel);
            for (var lane = 0; lane < count; lane += 2 * form.Kernels.Lanes)
            {
                var part = new LevelSegment
                {
                    First = (short*)(panel + lane),
                    Second = (short*)(panel + lane + form.Kernels.Lanes),
                    PairStride = 2 * Positions,
                    Pairs = IntegerInputs.Pairs(columns),
                    FirstScales = steps,
                    SecondScales = steps,
                    ScaleStride = levels.ScaleStride,
                    SecondTotals = form.Kernels.Lanes,
                };
                for (var row = 0; row < levels.Rows; row += levels.Together)
                {
                    part.Inputs = levels.Levels(row, columns);
                    part.InputScales = levels.Scales(row, segment);
                    part.Totals = totals + ((nint)row * Positions) + lane;
                    form.Kernels.Multiply(levels.Together, in part);
                }
            }
        }

        Store(totals, group, first, count, new ProductFactor(false, weights.ScaleExponent));
    }

    // The runs of neighbours among some positions, at most sixteen each: where they begin in a plane, and where in the panel.
    private int FindRuns(int first, int count, nint* starts, int* places)
    {
        var runs = 0;
        var (y, x) = Math.DivRem(first, shape.OutWidth);
        for (var p = 0; p < count; y++, x = 0)
        {
            var start = layout.Row(y) + x;
            var end = Math.Min(count, p + shape.OutWidth - x);
            for (; p < end; p += Vector512<int>.Count, start += Vector512<int>.Count)
            {
                (starts[runs], places[runs++]) = (start, p);
            }

            p = end;
        }

        return runs;
    }

    // Pairs of columns of some positions, side by side in double words. What is written too much is written over by what follows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(short* image, int* offsets, int columns, nint* starts, int* places, int runs, int* panel)
    {
        for (; columns > 0; columns -= 2, offsets += 2, panel += Positions)
        {
            var even = image + offsets[0];
            var odd = columns > 1 ? image + offsets[1] : even;
            var mask = columns > 1 ? uint.MaxValue : 0xFFFFu;
            for (var run = 0; run < runs; run++)
            {
                Interleave(even + starts[run], odd + starts[run], mask, panel + places[run]);
            }
        }
    }

    // Sixteen positions.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(short* even, short* odd, uint mask, int* target)
    {
        if (Avx512F.IsSupported)
        {
            var low = Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)even));
            var high = Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)odd)) << 16;
            ((low | high) & Vector512.Create(mask)).Store((uint*)target);
            return;
        }

        Interleave8(even, odd, mask, target);
        Interleave8(even + Vector128<short>.Count, odd + Vector128<short>.Count, mask, target + Vector128<short>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave8(short* even, short* odd, uint mask, int* target)
    {
        var (low, high) = (Vector128.Load((ushort*)even), Vector128.Load((ushort*)odd));
        (VectorParts.InterleaveLow(low, high) & Vector128.Create(mask)).Store((uint*)target);
        (VectorParts.InterleaveHigh(low, high) & Vector128.Create(mask)).Store((uint*)target + Vector128<int>.Count);
    }

    private void Store(float* totals, int group, int first, int count, ProductFactor power)
    {
        var outputs = shape.OutputsPerGroup;
        for (var row = 0; row < outputs; row++, totals += Positions)
        {
            for (var i = 0; i < count; i += Vector<float>.Count)
            {
                (Vector.Load(totals + i) * power.First * power.Second).Store(totals + i);
            }

            var output = (group * outputs) + row;
            store.Store(totals, output, ((((nint)image * shape.Outputs) + output) * shape.Positions) + first, count);
        }
    }
}
