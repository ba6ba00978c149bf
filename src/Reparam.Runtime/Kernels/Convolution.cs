using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Chooses how a convolution runs. Dense weights are summed directly. Packed ones are multiplied as whole numbers or as they are; only where a group has a few
/// outputs, so that a packed product would be mostly padding, are its few weights decoded for the call, unless the product rounds its inputs too.
/// </summary>
internal static unsafe class Convolution
{
    // Up to this many outputs of a group, decoding and summing directly beats a packed product, which has blocks of 16 rows, by far.
    private const int FewOutputs = 16;

    // Below some fifty microseconds of work, waking a helper costs more than it brings.
    private const long ParallelProducts = 1 << 20;

    /// <summary>Runs over a batch.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="weight">[outputs, C / groups, kernel height, kernel width], dense or packed.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="epilogue">What follows.</param>
    /// <param name="path">The instructions of sums with dense weights; null for this process's.</param>
    /// <returns>[N, outputs, out height, out width].</returns>
    public static Tensor Run(Tensor input, Tensor weight, ConvolutionShape shape, in ConvolutionEpilogue epilogue, KernelPath? path = null)
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
        var decodes = packed is [{ RoundsInputs: false }, ..] && !levels && shape.OutputsPerGroup <= FewOutputs;
        var parallel = (long)shape.Positions * shape.Outputs * shape.Depth >= ParallelProducts;
        var count = (int)input.Shape[0];
        fixed (float* x = images, y = Pointwise.Flat<float>(result))
        fixed (float* scale = Floats(epilogue.Scale), shift = Floats(epilogue.Shift), residual = Floats(epilogue.Residual))
        {
            var store = new ConvolutionStore
            {
                Output = y, Scale = scale, Shift = shift, Residual = residual, Activation = epilogue.Activation,
                Outputs = shape.Outputs, Positions = shape.Positions,
            };
            if (packed is not null && !decodes)
            {
                Packed(x, count, packed, shape, store, levels, parallel);
                return result;
            }

            fixed (float* weights = decodes ? Scratch.Decoded(shape.Outputs * shape.Depth) : Pointwise.Flat<float>(weight.AsContiguous()))
            {
                if (decodes)
                {
                    ConvolutionPreparation.Local.Run(shape, default, null, null, packed, weights, parallel);
                }

                var table = path is { } chosen ? ConvolutionKernelTable.Find(chosen) : ConvolutionKernelTable.Current;
                DirectConvolution.Local.Run(shape, table, x, count, weights, store, parallel ? WorkerPool.Shared : null);
            }
        }

        return result;
    }

    private static void Packed(
        float* images, int count, IReadOnlyList<PackedMatrix> packed, in ConvolutionShape shape, in ConvolutionStore store, bool levels, bool parallel)
    {
        var layout = new PaddedPlanes(shape, mayBeInPlace: true);
        var offsets = Scratch.Offsets(shape.Depth);
        layout.WriteOffsets(offsets);
        fixed (float* planes = layout.IsInPlace ? default : Scratch.Planes(layout.Length))
        fixed (int* places = offsets)
        {
            if (levels)
            {
                LevelConvolution.Local.Begin(packed, shape, layout, places, store);
            }

            for (var i = 0; i < count; i++)
            {
                var image = images + (i * (nint)shape.Channels * shape.Height * shape.Width);
                if (levels && LevelConvolution.Local.Run(image, i, parallel))
                {
                    continue;
                }

                ConvolutionPreparation.Local.Run(shape, layout, image, planes, null, null, parallel);
                var outputs = store.Output + (i * (nint)shape.Outputs * shape.Positions);
                PackedConvolution.Local.Run(shape, layout, planes == null ? image : planes, places, packed, outputs, parallel);
                store.Finish(i);
            }

            if (levels)
            {
                LevelConvolution.Local.End();
            }
        }
    }

    private static Span<float> Floats(Tensor? values) => values is null ? default : Pointwise.Flat<float>(values.AsContiguous());
}
