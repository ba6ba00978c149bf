using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

/// <content>Tensors from floating-point and complex numbers.</content>
public static partial class Torch
{
    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(float scalar, Device? device = null, bool requires_grad = false) => Copied([scalar], [], null);

    /// <summary>A vector with a copy of single-precision numbers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<float> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of single-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<float> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of single-precision numbers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<float> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of single-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<float> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of single-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<float> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of single-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(float[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<float>(rawArray, dtype);

    /// <summary>A tensor with a copy of single-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(float[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<float>(rawArray, dtype);

    /// <summary>A tensor with a copy of single-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(float[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<float>(rawArray, dtype);

    /// <summary>A vector with a copy of single-precision numbers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<float> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of single-precision numbers, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<float> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of single-precision numbers.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<float> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(double scalar, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied([scalar], [], dtype);

    /// <summary>A vector with a copy of double-precision numbers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<double> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of double-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<double> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of double-precision numbers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<double> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of double-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<double> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of double-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<double> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of double-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(double[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<double>(rawArray, dtype);

    /// <summary>A tensor with a copy of double-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(double[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<double>(rawArray, dtype);

    /// <summary>A tensor with a copy of double-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(double[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<double>(rawArray, dtype);

    /// <summary>A vector with a copy of double-precision numbers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<double> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A vector with a copy of double-precision numbers.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<double> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A vector with a copy of half-precision numbers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<Half> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of half-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<Half> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of half-precision numbers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<Half> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of half-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<Half> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of half-precision numbers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<Half> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of half-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(Half[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<Half>(rawArray, dtype);

    /// <summary>A tensor with a copy of half-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(Half[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<Half>(rawArray, dtype);

    /// <summary>A tensor with a copy of half-precision numbers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(Half[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<Half>(rawArray, dtype);

    /// <summary>A vector with a copy of half-precision numbers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<Half> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of half-precision numbers, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<Half> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(BFloat16 scalar, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied([scalar], [], dtype);

    /// <summary>A vector with a copy of half-precision numbers with the range of single precision.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<BFloat16> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of half-precision numbers with the range of single precision, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<BFloat16> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of half-precision numbers with the range of single precision, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<BFloat16> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of half-precision numbers with the range of single precision, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<BFloat16> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of half-precision numbers with the range of single precision, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<BFloat16> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of half-precision numbers with the range of single precision, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(BFloat16[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<BFloat16>(rawArray, dtype);

    /// <summary>A tensor with a copy of half-precision numbers with the range of single precision, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(BFloat16[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<BFloat16>(rawArray, dtype);

    /// <summary>A tensor with a copy of half-precision numbers with the range of single precision, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(BFloat16[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<BFloat16>(rawArray, dtype);

    /// <summary>A vector with a copy of half-precision numbers with the range of single precision.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<BFloat16> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of half-precision numbers with the range of single precision, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<BFloat16> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of half-precision numbers with the range of single precision.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<BFloat16> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A complex number as a tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor((float Real, float Imaginary) scalar, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied([new ComplexSingle(scalar.Real, scalar.Imaginary)], [], dtype);

    /// <summary>A complex number as a tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(System.Numerics.Complex scalar, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied([scalar], [], dtype);

    /// <summary>A complex number as a tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(float real, float imaginary, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied([new ComplexSingle(real, imaginary)], [], dtype);

    /// <summary>The tensor in a type.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(Tensor data, DType? dtype = null, Device? device = null) => data.ToType(dtype ?? data.Dtype);

    /// <summary>The limits of float32.</summary>
    [Counterpart("finfo")]
    public static FInfo Finfo() => new(DType.Float32);

    /// <summary>The limits of a floating-point type.</summary>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    [Counterpart("finfo")]
    public static FInfo Finfo(DType dtype) => new(dtype);
}
