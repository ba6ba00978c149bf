using System.Numerics.Tensors;
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
            throw new ArgumentException($"layer_norm: the input {Layout.Describe(input.Shape)} does not end with the normalized shape {Layout.Describe(shape)}.");
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
            TensorPrimitives.Subtract(row, mean, target);
            TensorPrimitives.Multiply(target, 1 / MathF.Sqrt(variance + (float)eps), target);
            if (!scale.IsEmpty)
            {
                TensorPrimitives.Multiply(target, scale, target);
            }

            if (!shift.IsEmpty)
            {
                TensorPrimitives.Add(target, shift, target);
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
            TensorPrimitives.Multiply(x.Slice(block * length, length), scale, target);
            TensorPrimitives.Add(target, shift, target);
        }

        return result;
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
