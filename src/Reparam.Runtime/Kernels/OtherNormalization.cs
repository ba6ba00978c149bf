namespace Reparam.Runtime.Kernels;

/// <summary>
/// Normalization of other types than single precision: half types are computed in single precision and rounded once, double precision by operations on
/// whole tensors.
/// </summary>
internal static class OtherNormalization
{
    /// <summary>As <see cref="Normalization.Layer"/>.</summary>
    public static Tensor Layer(Tensor input, ReadOnlySpan<long> shape, Tensor? weight, Tensor? bias, double eps)
    {
        if (input.Dtype != DType.Float64)
        {
            return Normalization.Layer(Single(input, "layer_norm"), shape, Single(weight), Single(bias), eps).As(input.Dtype);
        }

        if (shape.IsEmpty || shape.Length > input.Rank || !input.Shape[^shape.Length..].SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"layer_norm: the input {Layout.Describe(input.Shape)} does not end with the normalized shape {Layout.Describe(shape)}.");
        }

        var dims = new long[shape.Length];
        for (var i = 0; i < dims.Length; i++)
        {
            dims[i] = -1 - i;
        }

        return Scaled(Standardised(input, dims, eps), weight, bias);
    }

    /// <summary>As <see cref="Normalization.Groups"/>.</summary>
    public static Tensor Groups(Tensor input, long groups, Tensor? weight, Tensor? bias, double eps, string operation)
    {
        if (input.Dtype != DType.Float64)
        {
            return Normalization.Groups(Single(input, operation), groups, Single(weight), Single(bias), eps, operation).As(input.Dtype);
        }

        if (input.Rank < 2 || groups < 1 || input.Shape[1] % groups != 0)
        {
            throw new ArgumentException($"{operation}: the channels of the input {Layout.Describe(input.Shape)} cannot be divided into {groups} group(s).");
        }

        var grouped = input.Reshape(input.Shape[0], groups, -1);
        return Scaled(Standardised(grouped, [-1], eps).Reshape(input.Shape), Channels(weight, input), Channels(bias, input));
    }

    /// <summary>As <see cref="Normalization.Batch"/>.</summary>
    public static Tensor Batch(Tensor input, Tensor mean, Tensor variance, Tensor? weight, Tensor? bias, double eps)
    {
        if (input.Dtype != DType.Float64)
        {
            return Normalization.Batch(Single(input, "batch_norm"), Single(mean)!, Single(variance)!, Single(weight), Single(bias), eps).As(input.Dtype);
        }

        var standardised = input.Sub(Channels(mean, input)!).Div(Channels(variance, input)!.Add(eps).Sqrt());
        return Scaled(standardised, Channels(weight, input), Channels(bias, input));
    }

    /// <summary>As <see cref="Normalization.BatchOfItself"/>.</summary>
    public static Tensor BatchOfItself(Tensor input, Tensor? weight, Tensor? bias, double eps)
    {
        if (input.Dtype != DType.Float64)
        {
            return Normalization.BatchOfItself(Single(input, "batch_norm"), Single(weight), Single(bias), eps).As(input.Dtype);
        }

        long[] dims = [.. Enumerable.Range(0, input.Rank).Where(dim => dim != 1).Select(dim => (long)dim)];
        return Scaled(Standardised(input, dims, eps), Channels(weight, input), Channels(bias, input));
    }

    /// <summary>As <see cref="Normalization.LocalResponse"/>.</summary>
    public static Tensor LocalResponse(Tensor input, long size, double alpha, double beta, double k)
    {
        if (input.Dtype != DType.Float64)
        {
            return Normalization.LocalResponse(Single(input, "local_response_norm"), size, alpha, beta, k).As(input.Dtype);
        }

        if (input.Rank < 3 || size < 1)
        {
            throw new ArgumentException(
                $"local_response_norm: at least [N, C, L] and a positive size are expected, but there are {Layout.Describe(input.Shape)} and {size}.");
        }

        // Zeros stand for the channels that are not there.
        var squares = Functional.Pad(input.Square().Transpose(1, -1), [size / 2, (size - 1) / 2]).Transpose(1, -1);
        return input.Div(squares.Unfold(1, size, 1).Mean([-1]).Mul(alpha).Add(k).Pow(beta));
    }

    private static Tensor Standardised(Tensor input, long[] dims, double eps)
    {
        var centred = input.Sub(input.Mean(dims, keepdim: true));
        return centred.Div(centred.Square().Mean(dims, keepdim: true).Add(eps).Sqrt());
    }

    private static Tensor Scaled(Tensor input, Tensor? weight, Tensor? bias)
    {
        var scaled = weight is null ? input : input.Mul(weight.As(input.Dtype));
        return bias is null ? scaled : scaled.Add(bias.As(input.Dtype));
    }

    // [C] → [1, C, 1, …].
    private static Tensor? Channels(Tensor? values, Tensor input)
    {
        if (values is null)
        {
            return null;
        }

        if (input.Rank < 2 || values.Rank != 1 || values.Shape[0] != input.Shape[1])
        {
            throw new ArgumentException($"One number for each channel of {Layout.Describe(input.Shape)} is expected, not {Layout.Describe(values.Shape)}.");
        }

        var shape = new long[input.Rank];
        shape.AsSpan().Fill(1);
        shape[1] = values.Shape[0];
        return values.As(DType.Float64).Reshape(shape);
    }

    private static Tensor Single(Tensor input, string operation) =>
        input.IsFloatingPoint() ? input.As(DType.Float32) : throw new InvalidOperationException($"{operation} is not defined for {input.Dtype}.");

    private static Tensor? Single(Tensor? x) => x is not null && x.Dtype != DType.Float32 ? x.As(DType.Float32) : x;
}
