using System.Numerics.Tensors;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Convolution as a matrix product with the unfolded image, block by block of output positions so that the unfolded part stays in cache. A packed weight
/// is multiplied as it is: only the image is unfolded, never the weight.
/// </summary>
internal static unsafe class Convolution
{
    private const int BlockElements = 1 << 18;

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
        var outputs = Pointwise.Flat<float>(result);
        var packed = (weight as Parameter)?.Packed;
        if (packed is not null && packed.Count != shape.Groups)
        {
            throw new ArgumentException($"convolution: the weight was packed for {packed.Count} groups, but {shape.Groups} are asked for.");
        }

        var dense = packed is null ? Pointwise.Flat<float>(weight.AsContiguous()) : default;
        var biases = bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous());
        var imageSize = shape.ChannelsPerGroup * shape.Height * shape.Width;
        var outputSize = shape.OutputsPerGroup * shape.Positions;
        for (var i = 0; i < input.Shape[0] * shape.Groups; i++)
        {
            var group = i % shape.Groups;
            var image = images.Slice(i * imageSize, imageSize);
            var output = outputs.Slice(i * outputSize, outputSize);
            if (packed is null)
            {
                Dense(image, dense.Slice(group * shape.OutputsPerGroup * shape.Depth, shape.OutputsPerGroup * shape.Depth), output, shape);
            }
            else
            {
                Packed(image, packed[group], output, shape);
            }

            for (var o = 0; o < shape.OutputsPerGroup && !biases.IsEmpty; o++)
            {
                var plane = output.Slice(o * shape.Positions, shape.Positions);
                TensorPrimitives.Add(plane, biases[group * shape.OutputsPerGroup + o], plane);
            }
        }

        return result;
    }

    private static void Dense(ReadOnlySpan<float> image, ReadOnlySpan<float> weight, Span<float> output, ConvolutionShape shape)
    {
        fixed (float* w = weight, x = image, y = output)
        {
            if (shape.IsPointwise)
            {
                Gemm.Multiply(shape.OutputsPerGroup, shape.Positions, shape.Depth, w, shape.Depth, 1, x, shape.Positions, 1, y, shape.Positions);
                return;
            }

            var block = BlockLength(shape);
            fixed (float* unfolded = Scratch.Unfolded(block * shape.Depth))
            {
                for (var start = 0; start < shape.Positions; start += block)
                {
                    var count = Math.Min(block, shape.Positions - start);
                    Unfold(x, unfolded, shape, start, count, 1, count);
                    Gemm.Multiply(shape.OutputsPerGroup, count, shape.Depth, w, shape.Depth, 1, unfolded, count, 1, y + start, shape.Positions);
                }
            }
        }
    }

    private static void Packed(ReadOnlySpan<float> image, PackedMatrix weight, Span<float> output, ConvolutionShape shape)
    {
        var block = BlockLength(shape);
        var unfolded = Scratch.Unfolded(block * shape.Depth);
        var rows = Scratch.Products(block * shape.OutputsPerGroup);
        for (var start = 0; start < shape.Positions; start += block)
        {
            var count = Math.Min(block, shape.Positions - start);
            fixed (float* x = image, u = unfolded)
            {
                Unfold(x, u, shape, start, count, shape.Depth, 1);
            }

            weight.Multiply(unfolded[..(count * shape.Depth)], rows[..(count * shape.OutputsPerGroup)], count);
            for (var o = 0; o < shape.OutputsPerGroup; o++)
            {
                for (var p = 0; p < count; p++)
                {
                    output[o * shape.Positions + start + p] = rows[p * shape.OutputsPerGroup + o];
                }
            }
        }
    }

    private static int BlockLength(ConvolutionShape shape) => Math.Clamp(BlockElements / Math.Max(shape.Depth, 1), 16, Math.Max(shape.Positions, 16));

    /// <summary>Writes the inputs of output positions start … start + count: element e of position p at <c>p·positionStride + e·elementStride</c>.</summary>
    private static void Unfold(float* image, float* unfolded, ConvolutionShape shape, int start, int count, int positionStride, int elementStride)
    {
        var element = 0;
        for (var channel = 0; channel < shape.ChannelsPerGroup; channel++)
        {
            var plane = image + (long)channel * shape.Height * shape.Width;
            for (var ky = 0; ky < shape.KernelHeight; ky++)
            {
                for (var kx = 0; kx < shape.KernelWidth; kx++)
                {
                    var target = unfolded + (long)element * elementStride;
                    var (y, x) = Math.DivRem(start, shape.OutWidth);
                    for (var p = 0; p < count; p++)
                    {
                        var row = y * shape.StrideY - shape.PadTop + ky * shape.DilationY;
                        var column = x * shape.StrideX - shape.PadLeft + kx * shape.DilationX;
                        var inside = (uint)row < (uint)shape.Height && (uint)column < (uint)shape.Width;
                        *target = inside ? plane[row * shape.Width + column] : 0;
                        target += positionStride;
                        if (++x == shape.OutWidth)
                        {
                            x = 0;
                            y++;
                        }
                    }

                    element++;
                }
            }
        }
    }
}
