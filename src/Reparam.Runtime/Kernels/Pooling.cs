namespace Reparam.Runtime.Kernels;

/// <summary>Pooling over windows of images.</summary>
internal static class Pooling
{
    /// <summary>Number of windows along a side, as libtorch counts them.</summary>
    public static int OutputSize(int input, int kernel, int stride, int padding, int dilation, bool ceil, string operation)
    {
        if (kernel < 1 || stride < 1 || dilation < 1)
        {
            throw new ArgumentException($"{operation}: kernel size, stride and dilation must be positive, but are {kernel}, {stride} and {dilation}.");
        }

        if (padding < 0 || padding > kernel / 2)
        {
            throw new ArgumentException($"{operation}: padding must be 0 to half of the kernel size, but is {padding} for kernel size {kernel}.");
        }

        var span = input + 2 * padding - dilation * (kernel - 1) - 1;
        var size = (int)Math.Floor((span + (ceil ? stride - 1 : 0)) / (double)stride) + 1;
        if (ceil && (size - 1) * stride >= input + padding)
        {
            size--;
        }

        return size >= 1 ? size : throw new ArgumentException($"{operation}: an input side of {input} gives no output for kernel size {kernel}.");
    }

    public static Tensor Max(Tensor input, PoolingWindow y, PoolingWindow x)
    {
        var (result, planes) = Prepare(input, y.Output, x.Output, "max_pool2d");
        var (height, width) = ((int)input.Shape[^2], (int)input.Shape[^1]);
        var source = Pointwise.Flat<float>(input.AsContiguous());
        var target = Pointwise.Flat<float>(result);
        for (var plane = 0; plane < planes; plane++)
        {
            var image = source.Slice(plane * height * width, height * width);
            for (var oy = 0; oy < y.Output; oy++)
            {
                for (var ox = 0; ox < x.Output; ox++)
                {
                    var largest = float.NegativeInfinity;
                    for (var row = y.First(oy); row < y.End(oy, height); row += y.Dilation)
                    {
                        for (var column = x.First(ox); column < x.End(ox, width); column += x.Dilation)
                        {
                            var value = image[row * width + column];
                            largest = value > largest || float.IsNaN(value) ? value : largest;
                        }
                    }

                    target[(plane * y.Output + oy) * x.Output + ox] = largest;
                }
            }
        }

        return result;
    }

    public static Tensor Average(Tensor input, PoolingWindow y, PoolingWindow x, bool countPadding, long? divisor)
    {
        var (result, planes) = Prepare(input, y.Output, x.Output, "avg_pool2d");
        var (height, width) = ((int)input.Shape[^2], (int)input.Shape[^1]);
        var source = Pointwise.Flat<float>(input.AsContiguous());
        var target = Pointwise.Flat<float>(result);
        for (var plane = 0; plane < planes; plane++)
        {
            var image = source.Slice(plane * height * width, height * width);
            for (var oy = 0; oy < y.Output; oy++)
            {
                for (var ox = 0; ox < x.Output; ox++)
                {
                    var (top, bottom, left, right) = (y.First(oy), y.End(oy, height), x.First(ox), x.End(ox, width));
                    var count = divisor ?? (countPadding
                        ? y.PaddedLength(oy, height) * x.PaddedLength(ox, width)
                        : (bottom - top) * (right - left));
                    target[(plane * y.Output + oy) * x.Output + ox] = Sum(image, width, top, bottom, left, right) / count;
                }
            }
        }

        return result;
    }

    public static Tensor Adaptive(Tensor input, int outHeight, int outWidth)
    {
        var (result, planes) = Prepare(input, outHeight, outWidth, "adaptive_avg_pool2d");
        var (height, width) = ((int)input.Shape[^2], (int)input.Shape[^1]);
        var source = Pointwise.Flat<float>(input.AsContiguous());
        var target = Pointwise.Flat<float>(result);
        for (var plane = 0; plane < planes; plane++)
        {
            var image = source.Slice(plane * height * width, height * width);
            for (var oy = 0; oy < outHeight; oy++)
            {
                for (var ox = 0; ox < outWidth; ox++)
                {
                    var (top, left) = (oy * height / outHeight, ox * width / outWidth);
                    var (bottom, right) = (((oy + 1) * height + outHeight - 1) / outHeight, ((ox + 1) * width + outWidth - 1) / outWidth);
                    target[(plane * outHeight + oy) * outWidth + ox] = Sum(image, width, top, bottom, left, right) / ((bottom - top) * (right - left));
                }
            }
        }

        return result;
    }

    private static float Sum(ReadOnlySpan<float> image, int width, int top, int bottom, int left, int right)
    {
        var sum = 0f;
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
            {
                sum += image[row * width + column];
            }
        }

        return sum;
    }

    private static (Tensor Result, int Planes) Prepare(Tensor input, int outHeight, int outWidth, string operation)
    {
        if (input.Dtype != DType.Float32)
        {
            throw new InvalidOperationException($"{operation} is not defined for {input.Dtype}.");
        }

        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[^2] = outHeight;
        shape[^1] = outWidth;
        return (Tensor.Allocate(DType.Float32, shape), (int)Layout.Count(shape[..^2]));
    }
}
