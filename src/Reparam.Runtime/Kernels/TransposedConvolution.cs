using System.Numerics.Tensors;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Transposed convolution in up to three dimensions: a product gives what each input adds at each place of the kernel, for a block of output channels; sums
/// of these are the outputs.
/// </summary>
internal static unsafe class TransposedConvolution
{
    // Products of a block of output channels, so that they stay in cache.
    private const int BlockProducts = 1 << 18;

    /// <summary>Runs over a batch.</summary>
    /// <param name="input">[N, C, D, H, W].</param>
    /// <param name="weight">[C, outputs / groups, kernel depth, height, width].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="sizes">Steps along depth, height and width; the output sizes are those of the transposed convolution.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <returns>[N, outputs, D′, H′, W′].</returns>
    public static Tensor Run(Tensor input, Tensor weight, Tensor? bias, PoolingWindow[] sizes, int groups)
    {
        var images = input.AsContiguous();
        var kernels = weight.AsContiguous();
        var (batch, channels) = ((int)images.Shape[0], (int)images.Shape[1] / groups);
        var outputs = (int)kernels.Shape[1];
        var (depth, height, width) = ((int)images.Shape[2], (int)images.Shape[3], (int)images.Shape[4]);
        var result = Tensor.Allocate(DType.Float32, [batch, (long)outputs * groups, sizes[0].Output, sizes[1].Output, sizes[2].Output]);
        var (positions, places) = (depth * height * width, sizes[0].Kernel * sizes[1].Kernel * sizes[2].Kernel);
        var plane = sizes[0].Output * sizes[1].Output * sizes[2].Output;
        var block = Math.Clamp(BlockProducts / Math.Max(1, places * positions), 1, outputs);
        var shifts = bias?.AsContiguous();
        fixed (float* x = Pointwise.Flat<float>(images), w = Pointwise.Flat<float>(kernels), y = Pointwise.Flat<float>(result))
        fixed (float* buffer = Scratch.Unfolded(block * places * positions))
        {
            var products = buffer;
            for (var n = 0; n < batch; n++)
            {
                for (var g = 0; g < groups; g++)
                {
                    var image = x + ((((nint)n * groups) + g) * channels * positions);
                    for (var first = 0; first < outputs; first += block)
                    {
                        var count = Math.Min(block, outputs - first);
                        Gemm.Multiply(
                            count * places, positions, channels, w + ((((nint)g * channels * outputs) + first) * places), 1, outputs * places, image,
                            positions, 1, products, positions);
                        var target = y + (((((nint)n * groups) + g) * outputs) + first) * plane;
                        var shift = (g * outputs) + first;
                        Pieces.Run(count, (long)sizeof(float) * count * places * positions, o =>
                        {
                            var sums = target + ((nint)o * plane);
                            new Span<float>(sums, plane).Fill(shifts is null ? 0 : Pointwise.Flat<float>(shifts)[shift + o]);
                            Scatter(products + ((nint)o * places * positions), depth, height, width, sizes, sums);
                        });
                    }
                }
            }
        }

        return result;
    }

    private static void Scatter(float* products, int depth, int height, int width, PoolingWindow[] sizes, float* sums)
    {
        var (sz, sy, sx) = (sizes[0], sizes[1], sizes[2]);
        for (var kz = 0; kz < sz.Kernel; kz++)
        {
            for (var ky = 0; ky < sy.Kernel; ky++)
            {
                for (var kx = 0; kx < sx.Kernel; kx++)
                {
                    for (var z = 0; z < depth; z++)
                    {
                        var outZ = (z * sz.Stride) - sz.Padding + (kz * sz.Dilation);
                        for (var y = 0; y < height; y++, products += width)
                        {
                            var outY = (y * sy.Stride) - sy.Padding + (ky * sy.Dilation);
                            if ((uint)outZ < (uint)sz.Output && (uint)outY < (uint)sy.Output)
                            {
                                AddRow(products, width, (kx * sx.Dilation) - sx.Padding, sx, sums + ((((nint)outZ * sy.Output) + outY) * sx.Output));
                            }
                        }
                    }
                }
            }
        }
    }

    // Element x is added at x·stride + start.
    private static void AddRow(float* products, int width, int start, PoolingWindow window, float* sums)
    {
        var first = start < 0 ? (-start + window.Stride - 1) / window.Stride : 0;
        var end = Math.Min(width, start >= window.Output ? 0 : ((window.Output - 1 - start) / window.Stride) + 1);
        if (first >= end)
        {
            return;
        }

        if (window.Stride == 1)
        {
            var target = new Span<float>(sums + start + first, end - first);
            TensorPrimitives.Add(target, new ReadOnlySpan<float>(products + first, end - first), target);
            return;
        }

        for (var x = first; x < end; x++)
        {
            sums[(x * window.Stride) + start] += products[x];
        }
    }
}
