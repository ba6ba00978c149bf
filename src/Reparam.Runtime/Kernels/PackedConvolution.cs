using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// The products of one image with packed matrices: a piece is a block of output positions of one group, unfolded to a panel [positions, depth], as the rows of
/// a batch. The pieces depend on the sizes alone, and so do the bits of the result.
/// </summary>
internal sealed unsafe class PackedConvolution : PieceJob
{
    // A panel of this size stays in the second cache beside what the product needs.
    private const int PanelElements = 48 << 10;
    private const int FewestPositions = 32;
    private const int MaxPositions = 256;

    [ThreadStatic]
    private static PackedConvolution? local;

    private ConvolutionShape shape;
    private PaddedPlanes layout;
    private float* planes;
    private int* offsets;
    private IReadOnlyList<PackedMatrix>? packed;
    private float* output;
    private int blockLength;
    private int blocks;

    /// <summary>The calling thread's.</summary>
    public static PackedConvolution Local => local ??= new PackedConvolution();

    /// <summary>Computes the outputs of one image.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <param name="padded">Layout of the planes.</param>
    /// <param name="source">The planes.</param>
    /// <param name="places">[depth]: see <see cref="PaddedPlanes.WriteOffsets"/>.</param>
    /// <param name="matrices">One matrix [outputs / groups, depth] for each group.</param>
    /// <param name="result">[outputs, positions].</param>
    /// <param name="parallel">Whether other threads may help.</param>
    public void Run(
        in ConvolutionShape sizes, in PaddedPlanes padded, float* source, int* places, IReadOnlyList<PackedMatrix> matrices, float* result, bool parallel)
    {
        (shape, layout, packed) = (sizes, padded, matrices);
        planes = source;
        offsets = places;
        output = result;
        blockLength = Math.Clamp(PanelElements / Math.Max(1, shape.Depth) / FewestPositions * FewestPositions, FewestPositions, MaxPositions);
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

            packed![group].Multiply(rows, products, count);
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
