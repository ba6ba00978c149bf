using System.Numerics.Tensors;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Pooling over windows of images, whole rows at a time: first the rows of a window into one, then, its columns sorted by <see cref="StridedPhases"/>, the
/// places of the window.
/// </summary>
internal static unsafe class Pooling
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
        if (input.Dtype != DType.Float32)
        {
            return WindowPooling.Max(input.Unsqueeze(-3), Sides(input, y, x, countPadding: false)).Values.Squeeze(-3);
        }

        var (result, planes) = Prepare(input, y.Output, x.Output);
        Windows<Largest>(input, result, planes, y, x);
        return result;
    }

    public static Tensor Average(Tensor input, PoolingWindow y, PoolingWindow x, bool countPadding, long? divisor)
    {
        if (input.Dtype != DType.Float32)
        {
            return WindowPooling.Average(input.Unsqueeze(-3), Sides(input, y, x, countPadding), divisor).Squeeze(-3);
        }

        var (result, planes) = Prepare(input, y.Output, x.Output);
        Windows<Sum>(input, result, planes, y, x);
        var (height, width) = ((int)input.Shape[^2], (int)input.Shape[^1]);
        var sums = Pointwise.Flat<float>(result);
        if (divisor is { } given)
        {
            TensorPrimitives.Divide(sums, (float)given, sums);
            return result;
        }

        // A window's count is the product of its counts along the sides.
        var columns = Scratch.Products(2 * x.Output);
        var counts = columns[x.Output..];
        columns = columns[..x.Output];
        for (var i = 0; i < x.Output; i++)
        {
            columns[i] = x.Count(i, width, countPadding);
        }

        for (var row = 0; row < planes * y.Output; row++)
        {
            var target = sums.Slice(row * x.Output, x.Output);
            TensorPrimitives.Multiply(columns, y.Count(row % y.Output, height, countPadding), counts);
            TensorPrimitives.Divide(target, counts, target);
        }

        return result;
    }

    public static Tensor Adaptive(Tensor input, int outHeight, int outWidth)
    {
        var (height, width) = ((int)input.Shape[^2], (int)input.Shape[^1]);
        if (input.Dtype != DType.Float32)
        {
            PoolingSide[] sides = [PoolingSide.Whole, PoolingSide.Parts(height, outHeight), PoolingSide.Parts(width, outWidth)];
            return WindowPooling.Average(input.Unsqueeze(-3), sides, null).Squeeze(-3);
        }

        var (result, planes) = Prepare(input, outHeight, outWidth);
        var source = Pointwise.Flat<float>(input.AsContiguous());
        var target = Pointwise.Flat<float>(result);
        var rows = Scratch.Products(width);
        for (var i = 0; i < planes * outHeight; i++)
        {
            var (plane, oy) = Math.DivRem(i, outHeight);
            var (top, bottom) = (oy * height / outHeight, ((oy + 1) * height + outHeight - 1) / outHeight);
            var image = source.Slice((plane * height + top) * width, (bottom - top) * width);
            var means = target.Slice(i * outWidth, outWidth);
            if (outWidth == 1)
            {
                means[0] = SumFloat.Apply(image) / image.Length;
                continue;
            }

            image[..width].CopyTo(rows);
            for (var row = 1; row < bottom - top; row++)
            {
                TensorPrimitives.Add(rows, image.Slice(row * width, width), rows);
            }

            for (var ox = 0; ox < outWidth; ox++)
            {
                var (left, right) = (ox * width / outWidth, ((ox + 1) * width + outWidth - 1) / outWidth);
                means[ox] = TensorPrimitives.Sum<float>(rows[left..right]) / ((bottom - top) * (right - left));
            }
        }

        return result;
    }

    private static void Windows<TOp>(Tensor input, Tensor result, int planes, PoolingWindow y, PoolingWindow x)
        where TOp : struct, IPooling
    {
        var (height, width) = ((int)input.Shape[^2], (int)input.Shape[^1]);
        var source = Pointwise.Flat<float>(input.AsContiguous());
        var target = Pointwise.Flat<float>(result);
        var phaseWidth = x.Output + ((x.Kernel - 1) * x.Dilation / x.Stride);
        var scratch = Scratch.Products(width + (phaseWidth * x.Stride));
        var rows = scratch[..width];
        var phases = scratch[width..];
        for (var i = 0; i < planes * y.Output; i++)
        {
            var (plane, oy) = Math.DivRem(i, y.Output);
            var image = source.Slice(plane * height * width, height * width);
            var (first, end) = (y.First(oy), y.End(oy, height));
            if (first < end)
            {
                image.Slice(first * width, width).CopyTo(rows);
            }
            else
            {
                rows.Fill(TOp.Nothing);
            }

            for (var row = first + y.Dilation; row < end; row += y.Dilation)
            {
                TOp.Combine(rows, image.Slice(row * width, width), rows);
            }

            fixed (float* from = rows, to = phases)
            {
                StridedPhases.Split(from, width, x.Padding, x.Stride, TOp.Nothing, to, phaseWidth, x.Stride);
            }

            var outputs = target.Slice(i * x.Output, x.Output);
            phases[..x.Output].CopyTo(outputs);
            for (var kx = 1; kx < x.Kernel; kx++)
            {
                var (place, phase) = Math.DivRem(kx * x.Dilation, x.Stride);
                TOp.Combine(outputs, phases.Slice(phase * phaseWidth + place, x.Output), outputs);
            }
        }
    }

    private static PoolingSide[] Sides(Tensor input, PoolingWindow y, PoolingWindow x, bool countPadding) =>
    [
        PoolingSide.Whole, PoolingSide.Windows(y, (int)input.Shape[^2], countPadding), PoolingSide.Windows(x, (int)input.Shape[^1], countPadding),
    ];

    private static (Tensor Result, int Planes) Prepare(Tensor input, int outHeight, int outWidth)
    {
        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[^2] = outHeight;
        shape[^1] = outWidth;
        return (Tensor.Allocate(DType.Float32, shape), (int)Layout.Count(shape[..^2]));
    }

    /// <summary>How the elements of a window become one.</summary>
    private interface IPooling
    {
        /// <summary>What padding counts as.</summary>
        static abstract float Nothing { get; }

        static abstract void Combine(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result);
    }

    /// <summary>The largest; NaN wins.</summary>
    private readonly struct Largest : IPooling
    {
        public static float Nothing => float.NegativeInfinity;

        public static void Combine(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result) => TensorPrimitives.Max(left, right, result);
    }

    private readonly struct Sum : IPooling
    {
        public static float Nothing => 0;

        public static void Combine(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result) => TensorPrimitives.Add(left, right, result);
    }
}
