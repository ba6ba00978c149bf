using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// What a convolution does before it multiplies: one piece for each plane to be padded, and one for each group whose weights are to be decoded.
/// </summary>
internal sealed unsafe class ConvolutionPreparation : PieceJob
{
    [ThreadStatic]
    private static ConvolutionPreparation? local;

    private ConvolutionShape shape;
    private PaddedPlanes layout;
    private float* image;
    private float* planes;
    private IReadOnlyList<PackedMatrix>? packed;
    private float* weights;

    /// <summary>The calling thread's.</summary>
    public static ConvolutionPreparation Local => local ??= new ConvolutionPreparation();

    /// <summary>Prepares one image.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <param name="padded">Layout of the planes.</param>
    /// <param name="source">The image.</param>
    /// <param name="target">The planes; null when the image is its own.</param>
    /// <param name="matrices">Weights to decode, or null.</param>
    /// <param name="decoded">[outputs, depth].</param>
    /// <param name="parallel">Whether other threads may help.</param>
    public void Run(
        in ConvolutionShape sizes, in PaddedPlanes padded, float* source, float* target, IReadOnlyList<PackedMatrix>? matrices, float* decoded, bool parallel)
    {
        (shape, layout, packed) = (sizes, padded, matrices);
        image = source;
        planes = target;
        weights = decoded;
        Begin((target == null ? 0 : shape.Channels) + (matrices?.Count ?? 0));
        if (parallel)
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
        if (planes != null)
        {
            if (piece < shape.Channels)
            {
                layout.Write(image + ((nint)piece * shape.Height * shape.Width), planes + ((nint)piece * layout.PlaneSize));
                return;
            }

            piece -= shape.Channels;
        }

        var target = weights + ((nint)piece * shape.OutputsPerGroup * shape.Depth);
        for (var row = 0; row < shape.OutputsPerGroup; row++, target += shape.Depth)
        {
            packed![piece].DecodeRow(row, new Span<float>(target, shape.Depth));
        }
    }
}
