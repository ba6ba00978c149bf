namespace Reparam.Runtime.Kernels;

/// <summary>Patches of images as columns of a matrix, and back.</summary>
internal static class Patches
{
    /// <summary>[N, C, H, W] → [N, C·kernel, patches].</summary>
    public static Tensor Unfold(Tensor input, (long Y, long X) kernel, (long Y, long X) dilation, (long Y, long X) padding, (long Y, long X) stride)
    {
        if (input.Rank != 4 || input.Dtype != DType.Float32)
        {
            throw new ArgumentException($"unfold: the input must be Float32 [N, C, H, W], but is {input.Dtype} {Layout.Describe(input.Shape)}.");
        }

        var (y, x) = Windows("unfold", (input.Shape[2], input.Shape[3]), kernel, dilation, padding, stride);
        var (batch, channels) = (input.Shape[0], input.Shape[1]);
        var result = Tensor.Allocate(DType.Float32, [batch, channels * kernel.Y * kernel.X, (long)y.Output * x.Output]);
        var images = Pointwise.Flat<float>(input.AsContiguous());
        Walk((int)(batch * channels), (int)input.Shape[2], (int)input.Shape[3], y, x, images, Pointwise.Flat<float>(result), sum: false);
        return result;
    }

    /// <summary>[N, C·kernel, patches] or [C·kernel, patches] → [N, C, H, W].</summary>
    public static Tensor Fold(
        Tensor input, (long Y, long X) size, (long Y, long X) kernel, (long Y, long X) dilation, (long Y, long X) padding, (long Y, long X) stride)
    {
        if (input.Rank == 2)
        {
            return Fold(input.Unsqueeze(0), size, kernel, dilation, padding, stride).Squeeze(0);
        }

        var (y, x) = Windows("fold", size, kernel, dilation, padding, stride);
        if (input.Rank != 3 || input.Dtype != DType.Float32 || input.Shape[1] % (kernel.Y * kernel.X) != 0 || input.Shape[2] != (long)y.Output * x.Output)
        {
            throw new ArgumentException(
                $"fold: the input must be Float32 [N, C·{kernel.Y * kernel.X}, {(long)y.Output * x.Output}], but is {input.Dtype} "
                    + $"{Layout.Describe(input.Shape)}.");
        }

        var (batch, channels) = (input.Shape[0], input.Shape[1] / (kernel.Y * kernel.X));
        var result = Tensor.Allocate(DType.Float32, [batch, channels, size.Y, size.X]);
        result.Zero_();
        Walk((int)(batch * channels), (int)size.Y, (int)size.X, y, x, Pointwise.Flat<float>(result), Pointwise.Flat<float>(input.AsContiguous()), sum: true);
        return result;
    }

    private static (PoolingWindow Y, PoolingWindow X) Windows(
        string operation, (long Y, long X) size, (long Y, long X) kernel, (long Y, long X) dilation, (long Y, long X) padding, (long Y, long X) stride)
    {
        return (Of(size.Y, kernel.Y, dilation.Y, padding.Y, stride.Y), Of(size.X, kernel.X, dilation.X, padding.X, stride.X));

        PoolingWindow Of(long side, long k, long d, long p, long s)
        {
            var span = side + (2 * p) - (d * (k - 1)) - 1;
            return k > 0 && d > 0 && s > 0 && p >= 0 && span >= 0
                ? new PoolingWindow((int)k, (int)s, (int)p, (int)d, (int)(span / s) + 1)
                : throw new ArgumentException($"{operation}: a kernel of {k} with dilation {d}, padding {p} and stride {s} does not fit a side of {side}.");
        }
    }

    // Pairs each element of the columns with its pixel.
    private static void Walk(int planes, int height, int width, PoolingWindow y, PoolingWindow x, Span<float> images, Span<float> columns, bool sum)
    {
        var next = 0;
        for (var plane = 0; plane < planes; plane++)
        {
            var image = images.Slice(plane * height * width, height * width);
            for (var k = 0; k < y.Kernel * x.Kernel; k++)
            {
                for (var i = 0; i < y.Output * x.Output; i++, next++)
                {
                    var row = (i / x.Output * y.Stride) - y.Padding + (k / x.Kernel * y.Dilation);
                    var column = (i % x.Output * x.Stride) - x.Padding + (k % x.Kernel * x.Dilation);
                    var inside = (uint)row < (uint)height && (uint)column < (uint)width;
                    if (!sum)
                    {
                        columns[next] = inside ? image[(row * width) + column] : 0;
                    }
                    else if (inside)
                    {
                        image[(row * width) + column] += columns[next];
                    }
                }
            }
        }
    }
}
