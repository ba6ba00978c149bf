using System.Numerics;
using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels.Reductions;

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
