namespace Reparam.Runtime;

/// <content>Tensors from nothing.</content>
public static partial class Torch
{
    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null) => Filled(size, 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long size, DType? dtype = null, Device? device = null) => Filled([size], 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long rows, long columns, DType? dtype = null, Device? device = null) => Filled([rows, columns], 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2], 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], 0, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null) => Filled(size, 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long size, DType? dtype = null, Device? device = null) => Filled([size], 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long rows, long columns, DType? dtype = null, Device? device = null) => Filled([rows, columns], 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2], 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], 1, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null) => Filled(size, 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long size, DType? dtype = null, Device? device = null) => Filled([size], 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long rows, long columns, DType? dtype = null, Device? device = null) => Filled([rows, columns], 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2], 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], 0, dtype ?? DType.Float32);

    /// <summary>
    /// One number everywhere; its type is the tensor's unless <paramref name="dtype"/> says otherwise, and a truth value counts as an integer.
    /// </summary>
    [Counterpart("full")]
    public static Tensor Full(ReadOnlySpan<long> size, Scalar value, DType? dtype = null, Device? device = null) =>
        Filled(size, value, dtype ?? NumberType(value));

    /// <summary>
    /// One number everywhere; its type is the tensor's unless <paramref name="dtype"/> says otherwise, and a truth value counts as an integer.
    /// </summary>
    [Counterpart("full")]
    public static Tensor Full(long size, Scalar value, DType? dtype = null, Device? device = null) => Filled([size], value, dtype ?? NumberType(value));

    /// <summary>
    /// One number everywhere; its type is the tensor's unless <paramref name="dtype"/> says otherwise, and a truth value counts as an integer.
    /// </summary>
    [Counterpart("full")]
    public static Tensor Full(long rows, long columns, Scalar value, DType? dtype = null, Device? device = null) =>
        Filled([rows, columns], value, dtype ?? NumberType(value));

    /// <summary>
    /// One number everywhere; its type is the tensor's unless <paramref name="dtype"/> says otherwise, and a truth value counts as an integer.
    /// </summary>
    [Counterpart("full")]
    public static Tensor Full(long dim0, long dim1, long dim2, Scalar value, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2], value, dtype ?? NumberType(value));

    /// <summary>
    /// One number everywhere; its type is the tensor's unless <paramref name="dtype"/> says otherwise, and a truth value counts as an integer.
    /// </summary>
    [Counterpart("full")]
    public static Tensor Full(long dim0, long dim1, long dim2, long dim3, Scalar value, DType? dtype = null, Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], value, dtype ?? NumberType(value));

    /// <summary>Zeros in the shape of another tensor.</summary>
    [Counterpart("zeros_like")]
    public static Tensor ZerosLike(Tensor input, DType? dtype = null, Device? device = null) => Filled(input.Shape, 0, dtype ?? input.Dtype);

    /// <summary>Ones in the shape of another tensor.</summary>
    [Counterpart("ones_like")]
    public static Tensor OnesLike(Tensor input, DType? dtype = null, Device? device = null) => Filled(input.Shape, 1, dtype ?? input.Dtype);

    /// <summary>Zeros in the shape of another tensor: memory is never handed out unset.</summary>
    [Counterpart("empty_like")]
    public static Tensor EmptyLike(Tensor input, DType? dtype = null, Device? device = null) => Filled(input.Shape, 0, dtype ?? input.Dtype);

    /// <summary>One number in the shape of another tensor.</summary>
    [Counterpart("full_like")]
    public static Tensor FullLike(Tensor input, Scalar value, DType? dtype = null, Device? device = null) => Filled(input.Shape, value, dtype ?? input.Dtype);

    /// <summary>0, 1, … before <paramref name="stop"/>.</summary>
    [Counterpart("arange")]
    public static Tensor Arange(Scalar stop, DType? dtype = null, Device? device = null) => Arange(0, stop, 1, dtype);

    /// <summary>start, start + 1, … before <paramref name="stop"/>.</summary>
    [Counterpart("arange")]
    public static Tensor Arange(Scalar start, Scalar stop, DType? dtype = null, Device? device = null) => Arange(start, stop, 1, dtype);

    /// <summary>start, start + step, … before <paramref name="stop"/>; integers when all three are.</summary>
    /// <exception cref="ArgumentException">The step is zero, or leads away from the end.</exception>
    [Counterpart("arange")]
    public static Tensor Arange(Scalar start, Scalar stop, Scalar step, DType? dtype = null, Device? device = null)
    {
        var (first, end, distance) = (start.ToDouble(), stop.ToDouble(), step.ToDouble());
        if (distance == 0 || !double.IsFinite(first) || !double.IsFinite(end) || (end - first) * distance < 0)
        {
            throw new ArgumentException($"arange: a step of {step} does not lead from {start} to {stop}.");
        }

        var isFloat = start.IsFloat || stop.IsFloat || step.IsFloat;
        var result = Runtime.Tensor.Allocate(isFloat ? DType.Float32 : DType.Int64, [(long)Math.Ceiling((end - first) / distance)]);
        if (isFloat)
        {
            var values = result.Span<float>();
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(first + i * distance);
            }
        }
        else
        {
            var values = result.Span<long>();
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = start.ToInt64() + i * step.ToInt64();
            }
        }

        return result.As(dtype ?? result.Dtype);
    }

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(float scalar, Device? device = null) => Runtime.Tensor.Of(scalar, DType.Float32);

    /// <summary>A vector with a copy of the values.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<float> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of the values, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<float> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of the values, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<float> rawArray, long rows, long columns, DType? dtype = null, Device? device = null) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(long scalar, DType? dtype = null, Device? device = null) => Runtime.Tensor.Of(scalar, DType.Int64).As(dtype ?? DType.Int64);

    /// <summary>A vector with a copy of the values.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<long> dataArray, DType? dtype = null, Device? device = null) => Copied(dataArray, [dataArray.Length], dtype);

    /// <summary>A tensor with a copy of the values, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<long> dataArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null) =>
        Copied(dataArray, dimensions, dtype);

    /// <summary>A matrix with a copy of the values, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<long> rawArray, long rows, long columns, DType? dtype = null, Device? device = null) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(bool scalar, DType? dtype = null, Device? device = null) => Runtime.Tensor.Of(scalar, DType.Bool).As(dtype ?? DType.Bool);

    /// <summary>A vector with a copy of the values.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<bool> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of the values, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<bool> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of the values, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<bool> rawArray, long rows, long columns, DType? dtype = null, Device? device = null) =>
        Copied(rawArray, [rows, columns], dtype);

    // TorchSharp's full makes integers of truth values.
    private static DType NumberType(Scalar value) => value.Type == DType.Bool ? DType.Int64 : value.Type;

    private static Tensor Filled(ReadOnlySpan<long> shape, Scalar value, DType type)
    {
        var result = Runtime.Tensor.Allocate(type, shape);
        result.Fill(value);
        return result;
    }

    private static Tensor Copied<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, DType? type)
        where T : unmanaged
    {
        if (Layout.Count(shape) != values.Length)
        {
            throw new ArgumentException($"tensor: {values.Length} values do not fit the shape {Layout.Describe(shape)}.");
        }

        var result = Runtime.Tensor.Allocate(Kernels.Pointwise.TypeOf<T>(), shape);
        values.CopyTo(result.Span<T>());
        return result.As(type ?? result.Dtype);
    }
}
