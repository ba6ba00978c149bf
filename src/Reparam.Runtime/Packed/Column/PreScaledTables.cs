using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Signed sums of inputs that are already multiplied by scales which many rows share: [plane][columns], a plane of signs after the other, so that the
/// prepacked weights need no scales.
/// </summary>
internal sealed unsafe class PreScaledTables : TablePlan
{
    private readonly PrepackedLayout layout;
    private readonly TablePlan sums;
    private readonly AlignedMemory scales;
    private readonly int scaleColumns;
    private readonly int exponent;

    /// <summary>Takes the scales of one row block of a matrix.</summary>
    /// <param name="matrix">The matrix, in the layout column or block8.</param>
    /// <param name="rowBlock">The row block.</param>
    /// <param name="layout">The prepacked weights: a group of columns for each plane.</param>
    /// <param name="precision">A precision other than <see cref="KernelPrecision.Exact"/>.</param>
    public PreScaledTables(BinaryCodedMatrix matrix, int rowBlock, PrepackedLayout layout, KernelPrecision precision)
    {
        this.layout = layout;
        Columns = matrix.Columns;
        sums = new SignedSumTables(layout, precision);
        scaleColumns = matrix.BlockColumns;

        var stride = PaddedColumns / scaleColumns;
        scales = new AlignedMemory((long)layout.Groups * stride * sizeof(float));
        var largest = 0f;
        for (var plane = 0; plane < layout.Groups; plane++)
        {
            for (var block = 0; block < matrix.ColumnBlocks; block++)
            {
                var scale = matrix.Scale(rowBlock, block, plane);
                Scale(plane, block) = scale;
                largest = Math.Max(largest, Math.Abs(scale));
            }
        }

        exponent = largest > 0 ? MathF.ILogB(largest) : 0;
        foreach (ref var scale in new Span<float>(scales.Start, layout.Groups * stride))
        {
            scale = MathF.ScaleB(scale, -exponent);
        }
    }

    public override int Columns { get; }

    public override int PaddedColumns => layout.PaddedGroupSize;

    public override int Segments => layout.Segments;

    public override int SegmentBytes => sums.SegmentBytes;

    public override int SumExponent => exponent + sums.SumExponent;

    /// <summary>Bytes of the scales.</summary>
    public long Bytes => scales.Bytes;

    /// <summary>The scale of a plane and a column, as the matrix defines it: powers of two of this range lose nothing.</summary>
    public float ScaleOf(int plane, int column) => MathF.ScaleB(Scale(plane, column / scaleColumns), exponent);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs)
    {
        var width = layout.SegmentColumns;
        var segmentsOfPlane = layout.PaddedGroupSize / width;
        var folded = stackalloc float[PrepackedLayout.MaxChunks * PrepackedLayout.ChunkColumns];
        for (var segment = first; segment < end; segment++)
        {
            var (plane, part) = Math.DivRem(segment, segmentsOfPlane);
            Fold(padded + (part * width), plane, part * width, width, folded);
            sums.Build(folded - ((nint)segment * width), segment, segment + 1, tables, scales, inputs);
        }
    }

    public override bool Equals(TablePlan? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    protected override void Arrange(ReadOnlySpan<float> x, int shift, Span<float> padded)
    {
        InputRange.Scale(x, shift, padded);
        padded[x.Length..].Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fold(float* x, int plane, int column, int width, float* folded)
    {
        var factors = (float*)Unsafe.AsPointer(ref Scale(plane, column / scaleColumns));
        if (scaleColumns == 1)
        {
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(x, width), new ReadOnlySpan<float>(factors, width), new Span<float>(folded, width));
            return;
        }

        for (var k = 0; k < width; k += 8, factors++)
        {
            (Vector128.Load(x + k) * *factors).Store(folded + k);
            (Vector128.Load(x + k + 4) * *factors).Store(folded + k + 4);
        }
    }

    private ref float Scale(int plane, int block) => ref ((float*)scales.Start)[(plane * (PaddedColumns / scaleColumns)) + block];
}
