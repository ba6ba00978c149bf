

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Convolution as matrix products with panels of unfolded positions, a few at a time, so that they stay in cache; the whole image is never unfolded. A
/// packed weight is multiplied as it is. Only where a group has a few outputs, so that a packed product would be mostly padding, are its few weights
/// decoded for the call, unless the product rounds its inputs too.
/// </summary>
internal static unsafe class Convolution
{
    // Up to this many outputs of a group, summing directly beats a product with a matrix, and a packed one, which has blocks of 16 rows, by far.
    private const int FewOutputs = 16;

    // Below some fifty microseconds of work, waking a helper costs more than it brings.
    private const long ParallelProducts = 1 << 20;

    /// <summary>Runs over a batch.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="weight">[outputs, C / groups, kernel height, kernel width], dense or packed.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="shape">Sizes.</param>
    /// <returns>[N, outputs, out height, out width].</returns>
    public static Tensor Run(Tensor input, Tensor weight, Tensor? bias, ConvolutionShape shape)
    {
        var result = Tensor.Allocate(DType.Float32, [input.Shape[0], shape.Outputs, shape.OutHeight, shape.OutWidth]);
        var images = Pointwise.Flat<float>(input.AsContiguous());
        var packed = (weight as Parameter)?.Packed;
        if (packed is not null && packed.Count != shape.Groups)
        {
            throw new ArgumentException($"convolution: the weight was packed for {packed.Count} groups, but {shape.Groups} are asked for.");
        }

        if (shape.IsPointwise)
        {
            shape = shape.Flattened();
        }

        var levels = packed is not null && LevelConvolution.Fits(packed, shape);
        var direct = !levels && shape.OutputsPerGroup <= FewOutputs && packed is not [{ RoundsInputs: true }, ..];
        var layout = new PaddedPlanes(shape, mayBeInPlace: !direct);
        var parallel = (long)shape.Positions * shape.Outputs * shape.Depth >= ParallelProducts;
        var offsets = Scratch.Offsets(shape.Depth);
        layout.WriteOffsets(offsets);
        fixed (float* x = images, y = Pointwise.Flat<float>(result), b = bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous()))
        fixed (float* planes = layout.IsInPlace ? default : Scratch.Planes(layout.Length))
        fixed (float* weights = packed is null ? Pointwise.Flat<float>(weight.AsContiguous()) : direct ? Scratch.Decoded(shape.Outputs * shape.Depth) : default)
        fixed (int* places = offsets)
        {
            if (levels)
            {
                LevelConvolution.Local.Begin(packed!, shape, layout, places, b);
            }

            for (var i = 0; i < input.Shape[0]; i++)
            {
                var image = x + (i * (nint)shape.Channels * shape.Height * shape.Width);
                var outputs = y + (i * (nint)shape.Outputs * shape.Positions);
                if (levels && LevelConvolution.Local.Run(image, outputs, parallel))
                {
                    continue;
                }

                ConvolutionPreparation.Local.Run(shape, layout, image, planes, direct && i == 0 ? packed : null, weights, parallel);
                ConvolutionJob.Local.Run(
                    shape, layout, planes == null ? image : planes, places, weights, direct ? null : packed, b, outputs, direct, parallel);
            }

            if (levels)
            {
                LevelConvolution.Local.End();
            }
        }

        return result;
    }
}
