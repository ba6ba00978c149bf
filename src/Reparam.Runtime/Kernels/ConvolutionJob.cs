using System.Numerics.Tensors;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// The products of one image: a piece is a block of output positions of one group. A few outputs are summed directly from the planes; a dense matrix is
/// multiplied with a panel [depth, positions]; a packed one with a panel [positions, depth], as with rows of a batch. The pieces depend on the sizes alone,
/// and so do the bits of the result.
/// </summary>
internal sealed unsafe class ConvolutionJob : PieceJob
{
    // A panel of this size stays in the second cache beside what the product needs.
    private const int PanelElements = 48 << 10;
    private const int FewestPositions = 32;
    private const int MaxPositions = 256;

    [ThreadStatic]
    private static ConvolutionJob? local;

    private ConvolutionShape shape;
    private PaddedPlanes layout;
    private float* planes;
    private int* offsets;
    private float* weights;
    private IReadOnlyList<PackedMatrix>? packed;
    private float* bias;
    private float* output;
    private bool direct;
    private int blockLength;
    private int blocks;

    /// <summary>The calling thread's.</summary>
    public static ConvolutionJob Local => local ??= new ConvolutionJob();

    /// <summary>Computes the outputs of one image.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <param name="padded">Layout of the planes.</param>
    /// <param name="source">The planes.</param>
    /// <param name="places">[depth]: see <see cref="PaddedPlanes.WriteOffsets"/>.</param>
    /// <param name="dense">[outputs, depth], or null when <paramref name="matrices"/> are multiplied.</param>
    /// <param name="matrices">One matrix [outputs / groups, depth] for each group, or null.</param>
    /// <param name="shifts">[outputs], or null.</param>
    /// <param name="result">[outputs, positions].</param>
    /// <param name="fewOutputs">Whether to sum directly.</param>
    /// <param name="parallel">Whether other threads may help.</param>
    public void Run(
        in ConvolutionShape sizes, in PaddedPlanes padded, float* source, int* places, float* dense, IReadOnlyList<PackedMatrix>? matrices, float* shifts,
        float* result,
        bool fewOutputs, bool parallel)
    {
        (shape, layout, packed, direct) = (sizes, padded, matrices, fewOutputs);
        planes = source;
        offsets = places;
        weights = dense;
        bias = shifts;
        output = result;
        blockLength = direct
            ? Math.Max(1, PanelElements / 4 / shape.OutWidth) * shape.OutWidth
            : matrices is null
            ? MaxPositions
            : Math.Clamp(PanelElements / Math.Max(1, shape.Depth) / FewestPositions * FewestPositions, FewestPositions, MaxPositions);
        blocks = (shape.Positions + blockLength - 1) / blockLength;
        Begin(blocks * shape.Groups);
        if (parallel && blocks * shape.Groups > 1)
        {
            WorkerPool.Shared.Run(this);
        }
        else
        {
            RunAlone();
        }

        packed = null;
    }

    protected override void Run(int piece)
    {
        var (group, block) = Math.DivRem(piece, blocks);
        var first = block * blockLength;
        var count = Math.Min(blockLength, shape.Positions - first);
        var source = planes + ((nint)group * shape.ChannelsPerGroup * layout.PlaneSize);
        var target = output + ((nint)group * shape.OutputsPerGroup * shape.Positions);
        var shifts = bias == null ? null : bias + (group * shape.OutputsPerGroup);
        var matrix = weights == null ? null : weights + ((nint)group * shape.OutputsPerGroup * shape.Depth);
        if (direct)
        {
            DirectConvolution.Run(shape, layout, source, offsets, matrix, shifts, target, first / shape.OutWidth, (first + count) / shape.OutWidth);
        }
        else if (packed is null)
        {
            Dense(source, matrix, shifts, target, first, count);
        }
        else
        {
            Packed(source, packed[group], shifts, target, first, count);
        }
    }

    private void Dense(float* source, float* matrix, float* shifts, float* target, int first, int count)
    {
        if (layout.IsInPlace && shape.OutHeight == 1 && shape.KernelWidth == 1)
        {
            Gemm.MultiplyAlone(
                shape.OutputsPerGroup, count, shape.Depth, matrix, shape.Depth, 1, source + first, layout.PlaneSize, 1, target + first, shape.Positions);
        }
        else
        {
            fixed (float* panel = Scratch.Unfolded(count * shape.Depth))
            {
                var to = panel;
                for (var element = 0; element < shape.Depth; element++)
                {
                    for (var p = 0; p < count;)
                    {
                        var (start, run) = Find(first + p, count - p);
                        new ReadOnlySpan<float>(source + start + offsets[element], run).CopyTo(new Span<float>(to, run));
                        to += run;
                        p += run;
                    }
                }

                Gemm.MultiplyAlone(shape.OutputsPerGroup, count, shape.Depth, matrix, shape.Depth, 1, panel, count, 1, target + first, shape.Positions);
            }
        }

        for (var o = 0; o < shape.OutputsPerGroup && shifts != null; o++)
        {
            var row = new Span<float>(target + ((nint)o * shape.Positions) + first, count);
            TensorPrimitives.Add(row, shifts[o], row);
        }
    }

    private void Packed(float* source, PackedMatrix matrix, float* shifts, float* target, int first, int count)
    {
        var (depth, outputs) = (shape.Depth, shape.OutputsPerGroup);
        var rows = Scratch.Unfolded(count * depth);
        var products = Scratch.Products(count * outputs);
        fixed (float* panel = rows, product = products)
        {
            for (var p = 0; p < count;)
            {
                var (start, run) = Find(first + p, count - p);
                Transposition.Run(source + start, offsets, depth, run, panel + ((nint)p * depth), depth, hasSlack: !layout.IsInPlace);
                p += run;
            }

            matrix.Multiply(rows, products, count, shifts == null ? default : new ReadOnlySpan<float>(shifts, outputs));
            var places = stackalloc int[MaxPositions];
            for (var p = 0; p < count; p++)
            {
                places[p] = p * outputs;
            }

            Transposition.Run(product, places, count, outputs, target + first, shape.Positions, hasSlack: false);
        }
    }

    /// <summary>Where a position begins, and how many of the next ones follow it in its output row.</summary>
    private (nint Start, int Run) Find(int position, int max)
    {
        var (y, x) = Math.DivRem(position, shape.OutWidth);
        return (layout.Row(y) + x, Math.Min(max, shape.OutWidth - x));
    }
}
