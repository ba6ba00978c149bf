using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>
/// What each of the 16 vectors of a position contributes: entry n is Σ_j C[n][j]·x[t·stride + j], in 16 or 8 bits with a scale for each segment. The order
/// is that of <see cref="SignedSumTables"/>, whose kernels look them up.
/// </summary>
internal sealed unsafe class CodebookTables<T> : TablePlan
    where T : unmanaged, ILanes<T>
{
    private const int Entries = CodebookStage.Vectors;

    // Integers of up to 127 times spans of up to 32 inputs near 1 stay below 4.
    private const int VectorExponent = -12;

    // Positions whose sums are made together, so that a vector's element is loaded once for them.
    private const int Together = 4;

    private readonly CodebookGeometry geometry;
    private readonly QuantisedTables quantised;
    private readonly AlignedMemory vectors;
    private readonly int[] stageStarts;
    private readonly int[] segmentRuns;
    private readonly float unit;
    private readonly int exponent;

    /// <summary>Tables for prepacked weights and a precision other than <see cref="KernelPrecision.Exact"/>.</summary>
    public CodebookTables(CodebookGeometry geometry, KernelPrecision precision)
    {
        this.geometry = geometry;
        quantised = new QuantisedTables(geometry.Layout, precision);
        exponent = MathF.ILogB(geometry.Set.Step);
        unit = MathF.ScaleB(geometry.Set.Step, -exponent);
        (vectors, stageStarts) = Transpose(geometry.Set);

        segmentRuns = new int[Segments + 1];
        foreach (var run in geometry.Runs)
        {
            segmentRuns[run.Segment + 1]++;
        }

        for (var segment = 0; segment < Segments; segment++)
        {
            segmentRuns[segment + 1] += segmentRuns[segment];
        }
    }

    public override int Columns => geometry.Columns;

    public override int PaddedColumns => checked(geometry.SuperBlocks * geometry.PaddedSuperColumns);

    public override int Segments => geometry.Layout.Segments;

    public override int SegmentBytes => quantised.SegmentBytes;

    public override int SumExponent => exponent - VectorExponent;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs)
    {
        var memory =
            stackalloc byte[(PrepackedLayout.MaxChunks * PrepackedLayout.ChunkColumns / CodebookGeometry.NibbleColumns * Entries * sizeof(float)) + 64];
        var sums = (float*)(((nuint)memory + 63) & ~(nuint)63);
        var nibbles = geometry.Layout.SegmentColumns / CodebookGeometry.NibbleColumns;
        for (var segment = first; segment < end; segment++)
        {
            var filled = 0;
            for (var run = segmentRuns[segment]; run < segmentRuns[segment + 1]; run++)
            {
                ref var part = ref geometry.Runs[run];
                new Span<float>(sums + (filled * Entries), (part.Nibble - filled) * Entries).Clear();
                var stage = geometry.Set.Stages[part.Stage];
                var x = padded + ((nint)part.SuperBlock * geometry.PaddedSuperColumns) + (part.Position * stage.Stride);
                Sum(x, stage, (float*)vectors.Start + stageStarts[part.Stage], part.Count, sums + (part.Nibble * Entries));
                filled = part.Nibble + part.Count;
            }

            new Span<float>(sums + (filled * Entries), (nibbles - filled) * Entries).Clear();
            scales[(nint)segment * inputs] = quantised.Store(sums, tables + ((nint)segment * inputs * SegmentBytes)) * unit;
        }
    }

    public override bool Equals(TablePlan? other) =>
        other is CodebookTables<T> tables && tables.SegmentBytes == SegmentBytes && tables.Columns == Columns
            && tables.geometry.SuperColumns == geometry.SuperColumns
        && tables.geometry.Layout.RowsInDwords == geometry.Layout.RowsInDwords && tables.geometry.Layout.FloatScales == geometry.Layout.FloatScales
        && HasSameVectors(tables.geometry.Set, geometry.Set);

    public override int GetHashCode() => HashCode.Combine(SegmentBytes, Columns, geometry.SuperColumns, geometry.Set.Step);

    protected override void Arrange(ReadOnlySpan<float> x, int shift, Span<float> padded)
    {
        padded.Clear();
        for (var block = 0; block < geometry.SuperBlocks; block++)
        {
            var start = block * geometry.SuperColumns;
            var count = Math.Min(geometry.SuperColumns, geometry.Columns - start);
            InputRange.Scale(x.Slice(start, count), shift, padded[(block * geometry.PaddedSuperColumns)..]);
        }
    }

    // sums[i][n] = Σ_j x[i·stride + j]·vectors[j][n]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sum(float* x, CodebookStage stage, float* vectors, int count, float* sums)
    {
        var (stride, span) = stage;
        var i = 0;
        for (; i + Together <= count; i += Together, x += Together * stride, sums += Together * Entries)
        {
            for (var lane = 0; lane < Entries; lane += T.Count)
            {
                var (s0, s1, s2, s3) = (T.Zero, T.Zero, T.Zero, T.Zero);
                for (var j = 0; j < span; j++)
                {
                    var entries = T.Load(vectors + (j * Entries) + lane);
                    s0 = T.MultiplyAdd(entries, T.Create(x[j]), s0);
                    s1 = T.MultiplyAdd(entries, T.Create(x[stride + j]), s1);
                    s2 = T.MultiplyAdd(entries, T.Create(x[(2 * stride) + j]), s2);
                    s3 = T.MultiplyAdd(entries, T.Create(x[(3 * stride) + j]), s3);
                }

                s0.Store(sums + lane);
                s1.Store(sums + Entries + lane);
                s2.Store(sums + (2 * Entries) + lane);
                s3.Store(sums + (3 * Entries) + lane);
            }
        }

        for (; i < count; i++, x += stride, sums += Entries)
        {
            for (var lane = 0; lane < Entries; lane += T.Count)
            {
                var sum = T.Zero;
                for (var j = 0; j < span; j++)
                {
                    sum = T.MultiplyAdd(T.Load(vectors + (j * Entries) + lane), T.Create(x[j]), sum);
                }

                sum.Store(sums + lane);
            }
        }
    }

    // [stage][element][vector], times 2^VectorExponent.
    private static (AlignedMemory Memory, int[] Starts) Transpose(CodebookSet set)
    {
        var memory = new AlignedMemory((long)CodebookSet.EntriesOf(set.Stages) * sizeof(float));
        var starts = new int[set.Stages.Count];
        var start = 0;
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = start;
            var vectors = set.Vectors(i);
            var span = set.Stages[i].Span;
            for (var n = 0; n < vectors.Length; n++)
            {
                ((float*)memory.Start)[start + (n % span * Entries) + (n / span)] = MathF.ScaleB(vectors[n], VectorExponent);
            }

            start += vectors.Length;
        }

        return (memory, starts);
    }

    private static bool HasSameVectors(CodebookSet first, CodebookSet second) => ReferenceEquals(first, second)
        || (first.Step.Equals(second.Step) && first.Stages.SequenceEqual(second.Stages) && first.Entries.Span.SequenceEqual(second.Entries.Span));
}
