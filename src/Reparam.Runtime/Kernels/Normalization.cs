using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels.Reductions;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>Layer and batch normalization.</summary>
internal static class Normalization
{
    /// <summary>Normalizes over the trailing dimensions <paramref name="shape"/>, then scales and shifts.</summary>
    public static Tensor Layer(Tensor input, ReadOnlySpan<long> shape, Tensor? weight, Tensor? bias, double eps)
    {
        RequireFloat(input, "layer_norm");
        if (shape.IsEmpty || shape.Length > input.Rank || !input.Shape[^shape.Length..].SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"layer_norm: the input {Layout.Describe(input.Shape)} does not end with the normalized shape {Layout.Describe(shape)}.");
        }

        RequireShape(weight, shape, "layer_norm: weight");
        RequireShape(bias, shape, "layer_norm: bias");
        var result = Tensor.Allocate(DType.Float32, input.Shape);
        var length = (int)Layout.Count(shape);
        var x = Pointwise.Flat<float>(input.AsContiguous());
        var y = Pointwise.Flat<float>(result);
        var scale = weight is null ? default : Pointwise.Flat<float>(weight.AsContiguous());
        var shift = bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous());
        for (var start = 0; start < x.Length; start += length)
        {
            var row = x.Slice(start, length);
            var target = y.Slice(start, length);
            var mean = SumFloat.Apply(row) / length;
            var variance = SquaredDeviations.Around(row, mean) / length;
            var inverse = 1 / MathF.Sqrt(variance + (float)eps);
            Rescale(row, mean, inverse, scale, shift, target);
        }

        return result;
    }

    /// <summary>Normalizes groups of channels (dimension 1) of each element of the batch, then scales and shifts each channel.</summary>
    /// <param name="input">[N, C, …].</param>
    /// <param name="groups">A divisor of C.</param>
    /// <param name="weight">[C], or null.</param>
    /// <param name="bias">[C], or null.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="operation">Name for messages.</param>
    public static Tensor Groups(Tensor input, long groups, Tensor? weight, Tensor? bias, double eps, string operation)
    {
        RequireFloat(input, operation);
        if (input.Rank < 2 || groups < 1 || input.Shape[1] % groups != 0)
        {
            throw new ArgumentException($"{operation}: the channels of the input {Layout.Describe(input.Shape)} cannot be divided into {groups} group(s).");
        }

        ReadOnlySpan<long> channels = [input.Shape[1]];
        RequireShape(weight, channels, $"{operation}: weight");
        RequireShape(bias, channels, $"{operation}: bias");
        var result = Tensor.Allocate(DType.Float32, input.Shape);
        var (plane, perGroup) = ((int)Layout.Count(input.Shape[2..]), (int)(input.Shape[1] / groups));
        var x = input.AsContiguous();
        var (scales, shifts) = (weight?.AsContiguous(), bias?.AsContiguous());
        var length = plane * perGroup;
        Pieces.Run(length == 0 ? 0 : x.Count / length, 4L * sizeof(float) * x.Count, group =>
        {
            var row = Pointwise.Flat<float>(x).Slice(group * length, length);
            var target = Pointwise.Flat<float>(result).Slice(group * length, length);
            var mean = SumFloat.Apply(row) / length;
            var inverse = 1 / MathF.Sqrt((SquaredDeviations.Around(row, mean) / length) + (float)eps);
            for (var i = 0; i < perGroup; i++)
            {
                var channel = (int)((group % groups * perGroup) + i);
                var scale = inverse * (scales is null ? 1 : Pointwise.Flat<float>(scales)[channel]);
                var shift = (shifts is null ? 0 : Pointwise.Flat<float>(shifts)[channel]) - (mean * scale);
                Rescale(row.Slice(i * plane, plane), scale, shift, target.Slice(i * plane, plane));
            }
        });
        return result;
    }

    /// <summary>Normalizes each channel (dimension 1) by its statistics over the batch, then scales and shifts.</summary>
    public static Tensor BatchOfItself(Tensor input, Tensor? weight, Tensor? bias, double eps)
    {
        if (input.Rank < 2)
        {
            throw new ArgumentException($"batch_norm: the input needs a batch and a channel dimension, but has shape {Layout.Describe(input.Shape)}.");
        }

        // A channel's elements as one row.
        var rows = input.Transpose(0, 1).Reshape(input.Shape[1], -1);
        var mean = rows.Mean([1]);
        var variance = rows.Var([1], unbiased: false);
        return Batch(input, mean, variance, weight, bias, eps);
    }

    /// <summary>Divides by (k + alpha · mean square of <paramref name="size"/> channels around each one's own) to the power of beta.</summary>
    public static Tensor LocalResponse(Tensor input, long size, double alpha, double beta, double k)
    {
        RequireFloat(input, "local_response_norm");
        if (input.Rank < 3 || size < 1)
        {
            throw new ArgumentException(
                $"local_response_norm: at least [N, C, L] and a positive size are expected, but there are {Layout.Describe(input.Shape)} and {size}.");
        }

        var result = Tensor.Allocate(DType.Float32, input.Shape);
        var (channels, plane) = ((int)input.Shape[1], (int)Layout.Count(input.Shape[2..]));
        var x = Pointwise.Flat<float>(input.AsContiguous());
        var y = Pointwise.Flat<float>(result);
        var squares = Scratch.Products(plane);
        for (var i = 0; i < x.Length / Math.Max(plane, 1); i++)
        {
            var channel = i % channels;
            var (first, last) = (Math.Max(0, channel - (int)(size / 2)), Math.Min(channels - 1, channel + (int)((size - 1) / 2)));
            squares.Clear();
            for (var other = first; other <= last; other++)
            {
                var row = x.Slice((i - channel + other) * plane, plane);
                TensorPrimitives.MultiplyAdd(row, row, squares, squares);
            }

            var source = x.Slice(i * plane, plane);
            var target = y.Slice(i * plane, plane);
            for (var j = 0; j < plane; j++)
            {
                target[j] = source[j] / MathF.Pow((float)k + ((float)alpha * (squares[j] / size)), (float)beta);
            }
        }

        return result;
    }

    /// <summary>Normalizes each channel (dimension 1) by its running statistics, then scales and shifts.</summary>
    public static Tensor Batch(Tensor input, Tensor mean, Tensor variance, Tensor? weight, Tensor? bias, double eps)
    {
        RequireFloat(input, "batch_norm");
        if (input.Rank < 2)
        {
            throw new ArgumentException($"batch_norm: the input needs a batch and a channel dimension, but has shape {Layout.Describe(input.Shape)}.");
        }

        ReadOnlySpan<long> channels = [input.Shape[1]];
        RequireShape(mean, channels, "batch_norm: running_mean");
        RequireShape(variance, channels, "batch_norm: running_var");
        RequireShape(weight, channels, "batch_norm: weight");
        RequireShape(bias, channels, "batch_norm: bias");
        var result = Tensor.Allocate(DType.Float32, input.Shape);
        var length = (int)Layout.Count(input.Shape[2..]);
        var x = Pointwise.Flat<float>(input.AsContiguous());
        var y = Pointwise.Flat<float>(result);
        var means = Pointwise.Flat<float>(mean.AsContiguous());
        var variances = Pointwise.Flat<float>(variance.AsContiguous());
        var scales = weight is null ? default : Pointwise.Flat<float>(weight.AsContiguous());
        var shifts = bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous());
        for (var block = 0; block < x.Length / Math.Max(length, 1); block++)
        {
            var channel = block % means.Length;
            var scale = (scales.IsEmpty ? 1 : scales[channel]) / MathF.Sqrt(variances[channel] + (float)eps);
            var shift = (shifts.IsEmpty ? 0 : shifts[channel]) - means[channel] * scale;
            var target = y.Slice(block * length, length);
            Rescale(x.Slice(block * length, length), scale, shift, target);
        }

        return result;
    }

    /// <summary>Running statistics as one scale and one shift a channel, for what a layer before gives without its bias.</summary>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels].</param>
    /// <param name="weight">[channels], or null.</param>
    /// <param name="bias">[channels], or null.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="before">[channels]: the bias of the layer before, or null.</param>
    public static (Tensor Scale, Tensor Shift) Fold(Tensor mean, Tensor variance, Tensor? weight, Tensor? bias, double eps, Tensor? before)
    {
        var (scale, shift) = (Tensor.Allocate(DType.Float32, mean.Shape), Tensor.Allocate(DType.Float32, mean.Shape));
        var scales = Pointwise.Flat<float>(scale);
        var shifts = Pointwise.Flat<float>(shift);
        var means = Pointwise.Flat<float>(mean.AsContiguous());
        var variances = Pointwise.Flat<float>(variance.AsContiguous());
        var weights = weight is null ? default : Pointwise.Flat<float>(weight.AsContiguous());
        var biases = bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous());
        var added = before is null ? default : Pointwise.Flat<float>(before.AsContiguous());
        for (var i = 0; i < means.Length; i++)
        {
            scales[i] = (weights.IsEmpty ? 1 : weights[i]) / MathF.Sqrt(variances[i] + (float)eps);
            shifts[i] = (biases.IsEmpty ? 0 : biases[i]) + (((added.IsEmpty ? 0 : added[i]) - means[i]) * scales[i]);
        }

        return (scale, shift);
    }

    /// <summary>target = (row − mean)·inverse·scale + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rescale(ReadOnlySpan<float> row, float mean, float inverse, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> target)
    {
        var i = 0;
        var (means, inverses) = (new Vector<float>(mean), new Vector<float>(inverse));
        for (; i + Vector<float>.Count <= row.Length; i += Vector<float>.Count)
        {
            var value = (new Vector<float>(row[i..]) - means) * inverses;
            value = scale.IsEmpty ? value : value * new Vector<float>(scale[i..]);
            (shift.IsEmpty ? value : value + new Vector<float>(shift[i..])).CopyTo(target[i..]);
        }

        for (; i < row.Length; i++)
        {
            var value = (row[i] - mean) * inverse * (scale.IsEmpty ? 1 : scale[i]);
            target[i] = shift.IsEmpty ? value : value + shift[i];
        }
    }

    /// <summary>target = row·scale + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rescale(ReadOnlySpan<float> row, float scale, float shift, Span<float> target)
    {
        var i = 0;
        var (scales, shifts) = (new Vector<float>(scale), new Vector<float>(shift));
        for (; i + Vector<float>.Count <= row.Length; i += Vector<float>.Count)
        {
            ((new Vector<float>(row[i..]) * scales) + shifts).CopyTo(target[i..]);
        }

        for (; i < row.Length; i++)
        {
            target[i] = (row[i] * scale) + shift;
        }
    }

    private static void RequireFloat(Tensor input, string operation)
    {
        if (input.Dtype != DType.Float32)
        {
            throw new InvalidOperationException($"{operation} is not defined for {input.Dtype}.");
        }
    }

    private static void RequireShape(Tensor? tensor, ReadOnlySpan<long> shape, string what)
    {
        if (tensor is not null && !tensor.Shape.SequenceEqual(shape))
        {
            throw new ArgumentException($"{what} must have shape {Layout.Describe(shape)}, but has {Layout.Describe(tensor.Shape)}.");
        }
    }
}
