namespace Reparam.Runtime;

/// <content>Tensors from nothing.</content>
public static partial class Torch
{
    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(size, 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([size], 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([rows, columns], 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2], 0, dtype ?? DType.Float32);

    /// <summary>Zeros.</summary>
    [Counterpart("zeros")]
    public static Tensor Zeros(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2, dim3], 0, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(size, 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Filled([size], 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([rows, columns], 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2], 1, dtype ?? DType.Float32);

    /// <summary>Ones.</summary>
    [Counterpart("ones")]
    public static Tensor Ones(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2, dim3], 1, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(size, 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([size], 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([rows, columns], 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2], 0, dtype ?? DType.Float32);

    /// <summary>Zeros: memory is never handed out unset.</summary>
    [Counterpart("empty")]
    public static Tensor Empty(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2, dim3], 0, dtype ?? DType.Float32);

    /// <summary>One number everywhere; its type is the tensor's unless another is given, and a truth value counts as an integer.</summary>
    [Counterpart("full")]
    public static Tensor Full(ReadOnlySpan<long> size, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(size, value, dtype ?? NumberType(value));

    /// <summary>One number everywhere; its type is the tensor's unless another is given, and a truth value counts as an integer.</summary>
    [Counterpart("full")]
    public static Tensor Full(long size, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([size], value, dtype ?? NumberType(value));

    /// <summary>One number everywhere; its type is the tensor's unless another is given, and a truth value counts as an integer.</summary>
    [Counterpart("full")]
    public static Tensor Full(long rows, long columns, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([rows, columns], value, dtype ?? NumberType(value));

    /// <summary>One number everywhere; its type is the tensor's unless another is given, and a truth value counts as an integer.</summary>
    [Counterpart("full")]
    public static Tensor Full(long dim0, long dim1, long dim2, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2], value, dtype ?? NumberType(value));

    /// <summary>One number everywhere; its type is the tensor's unless another is given, and a truth value counts as an integer.</summary>
    [Counterpart("full")]
    public static Tensor Full(
        long dim0, long dim1, long dim2, long dim3, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled([dim0, dim1, dim2, dim3], value, dtype ?? NumberType(value));

    /// <summary>Zeros in the shape of another tensor.</summary>
    [Counterpart("zeros_like")]
    public static Tensor ZerosLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(input.Shape, 0, dtype ?? input.Dtype);

    /// <summary>Ones in the shape of another tensor.</summary>
    [Counterpart("ones_like")]
    public static Tensor OnesLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(input.Shape, 1, dtype ?? input.Dtype);

    /// <summary>Zeros in the shape of another tensor: memory is never handed out unset.</summary>
    [Counterpart("empty_like")]
    public static Tensor EmptyLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(input.Shape, 0, dtype ?? input.Dtype);

    /// <summary>One number in the shape of another tensor.</summary>
    [Counterpart("full_like")]
    public static Tensor FullLike(Tensor input, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Filled(input.Shape, value, dtype ?? input.Dtype);

    /// <summary>0, 1, … before <paramref name="stop"/>.</summary>
    [Counterpart("arange")]
    public static Tensor Arange(Scalar stop, DType? dtype = null, Device? device = null, bool requires_grad = false) => Arange(0, stop, 1, dtype);

    /// <summary>start, start + 1, … before <paramref name="stop"/>.</summary>
    [Counterpart("arange")]
    public static Tensor Arange(Scalar start, Scalar stop, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Arange(start, stop, 1, dtype);

    /// <summary>start, start + step, … before <paramref name="stop"/>; integers when all three are.</summary>
    /// <exception cref="ArgumentException">The step is zero, or leads away from the end.</exception>
    [Counterpart("arange")]
    public static Tensor Arange(Scalar start, Scalar stop, Scalar step, DType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var (first, end, distance) = (start.ToDouble(), stop.ToDouble(), step.ToDouble());
        if (distance == 0 || !double.IsFinite(first) || !double.IsFinite(end) || (end - first) * distance < 0)
        {
            throw new ArgumentException($"arange: a step of {step} does not lead from {start} to {stop}.");
        }

        var isFloat = start.IsFloat || stop.IsFloat || step.IsFloat;
        var type = dtype ?? (isFloat ? DType.Float32 : DType.Int64);
        var count = (long)Math.Ceiling((end - first) / distance);
        if (ElementTypes.IsInteger(type))
        {
            var integers = Runtime.Tensor.Allocate(DType.Int64, [count]);
            var places = integers.Span<long>();
            for (var i = 0; i < places.Length; i++)
            {
                places[i] = start.ToInt64() + i * step.ToInt64();
            }

            return integers.As(type);
        }

        return Computed(count, i => first + i * distance, type);
    }

    /// <summary>Numbers at equal distances, both ends among them.</summary>
    [Counterpart("linspace")]
    public static Tensor Linspace(double start, double end, long steps, DType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var distance = steps > 1 ? (end - start) / (steps - 1) : 0;
        return Computed(steps, i => i < (steps + 1) / 2 ? start + (i * distance) : end - ((steps - 1 - i) * distance), dtype ?? DType.Float32);
    }

    /// <summary>Powers of a base, with exponents at equal distances.</summary>
    [Counterpart("logspace")]
    public static Tensor Logspace(
        double start, double end, long steps, double @base = 10, DType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var distance = steps > 1 ? (end - start) / (steps - 1) : 0;
        return Computed(
            steps, i => Math.Pow(@base, i < (steps + 1) / 2 ? start + (i * distance) : end - ((steps - 1 - i) * distance)), dtype ?? DType.Float32);
    }

    /// <summary>Ones on the diagonal of a matrix; as many columns as rows unless told otherwise.</summary>
    [Counterpart("eye")]
    public static Tensor Eye(long rows, long columns = -1, DType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var result = Filled([rows, columns < 0 ? rows : columns], 0, dtype ?? DType.Float32);
        result.Diagonal().Fill(1);
        return result;
    }

    /// <summary>A tensor with unset strides: zeros with the strides given.</summary>
    [Counterpart("empty_strided")]
    public static Tensor EmptyStrided(
        ReadOnlySpan<long> size, ReadOnlySpan<long> strides, DType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        long last = 0;
        for (var i = 0; i < size.Length; i++)
        {
            last += (size[i] - 1) * strides[i];
        }

        return Filled([Layout.Count(size) == 0 ? 0 : last + 1], 0, dtype ?? DType.Float32).AsStrided(size, strides);
    }

    /// <summary>Positions of the lower triangle of a matrix, [2, count].</summary>
    [Counterpart("tril_indices")]
    public static Tensor TrilIndices(long row, long col, long offset = 0, DType dtype = DType.Int64, Device? device = null) =>
        Filled([row, col], 1, DType.Bool).Tril(offset).Nonzero().T.Contiguous().As(dtype);

    /// <summary>Positions of the upper triangle of a matrix, [2, count].</summary>
    [Counterpart("triu_indices")]
    public static Tensor TriuIndices(long row, long col, long offset = 0, DType dtype = DType.Int64, Device? device = null) =>
        Filled([row, col], 1, DType.Bool).Triu(offset).Nonzero().T.Contiguous().As(dtype);

    // TorchSharp's full makes integers of truth values.
    private static DType NumberType(Scalar value) => value.Type == DType.Bool ? DType.Int64 : value.Type;

    private static Tensor Filled(ReadOnlySpan<long> shape, Scalar value, DType type)
    {
        var result = Runtime.Tensor.Allocate(type, shape);
        result.Fill(value);
        return result;
    }

    private static Tensor Computed(long count, Func<long, double> value, DType type)
    {
        var result = Runtime.Tensor.Allocate(DType.Float64, [count]);
        var values = result.Span<double>();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(i);
        }

        return result.As(type);
    }

    private static Tensor Copied<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, DType? type)
        where T : unmanaged
    {
        if (Layout.Count(shape) != values.Length)
        {
            throw new ArgumentException($"tensor: {values.Length} values do not fit the shape {Layout.Describe(shape)}.");
        }

        var result = Runtime.Tensor.Allocate(ElementTypes.Of<T>(), shape);
        values.CopyTo(result.Span<T>());
        return result.As(type ?? result.Dtype);
    }

    private static Tensor Copied<T>(Array values, DType? type)
        where T : unmanaged
    {
        Span<long> shape = stackalloc long[values.Rank];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = values.GetLength(i);
        }

        return Copied(Elements<T>(values), shape, type);
    }

    // The elements of an array of several dimensions, which lie in order.
    private static ReadOnlySpan<T> Elements<T>(Array values) => values.Length == 0
        ? []
        : System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(
            ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(values)),
            values.Length);
}
