using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

/// <content>Tensors from whole numbers and truth values.</content>
public static partial class Torch
{
    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(long scalar, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied([scalar], [], dtype);

    /// <summary>A vector with a copy of 64-bit integers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<long> dataArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(dataArray, [dataArray.Length], dtype);

    /// <summary>A tensor with a copy of 64-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<long> dataArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(dataArray, dimensions, dtype);

    /// <summary>A matrix with a copy of 64-bit integers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<long> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of 64-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<long> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of 64-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<long> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of 64-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(long[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<long>(rawArray, dtype);

    /// <summary>A tensor with a copy of 64-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(long[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<long>(rawArray, dtype);

    /// <summary>A tensor with a copy of 64-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(long[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<long>(rawArray, dtype);

    /// <summary>A vector with a copy of 64-bit integers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<long> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of 64-bit integers, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<long> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of 64-bit integers.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<long> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(int scalar, Device? device = null, bool requires_grad = false) => Copied([scalar], [], null);

    /// <summary>A vector with a copy of 32-bit integers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<int> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of 32-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<int> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of 32-bit integers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<int> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of 32-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<int> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of 32-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<int> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of 32-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(int[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<int>(rawArray, dtype);

    /// <summary>A tensor with a copy of 32-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(int[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<int>(rawArray, dtype);

    /// <summary>A tensor with a copy of 32-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(int[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<int>(rawArray, dtype);

    /// <summary>A vector with a copy of 32-bit integers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<int> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of 32-bit integers, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<int> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of 32-bit integers.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<int> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(short scalar, Device? device = null, bool requires_grad = false) => Copied([scalar], [], null);

    /// <summary>A vector with a copy of 16-bit integers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<short> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of 16-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<short> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of 16-bit integers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<short> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of 16-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<short> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of 16-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<short> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of 16-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(short[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<short>(rawArray, dtype);

    /// <summary>A tensor with a copy of 16-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(short[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<short>(rawArray, dtype);

    /// <summary>A tensor with a copy of 16-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(short[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<short>(rawArray, dtype);

    /// <summary>A vector with a copy of 16-bit integers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<short> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of 16-bit integers, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<short> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of 16-bit integers.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<short> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(sbyte scalar, Device? device = null, bool requires_grad = false) => Copied([scalar], [], null);

    /// <summary>A vector with a copy of signed 8-bit integers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<sbyte> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of signed 8-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<sbyte> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of signed 8-bit integers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<sbyte> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of signed 8-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<sbyte> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of signed 8-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<sbyte> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of signed 8-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(sbyte[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<sbyte>(rawArray, dtype);

    /// <summary>A tensor with a copy of signed 8-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(sbyte[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<sbyte>(rawArray, dtype);

    /// <summary>A tensor with a copy of signed 8-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(sbyte[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<sbyte>(rawArray, dtype);

    /// <summary>A vector with a copy of signed 8-bit integers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<sbyte> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of signed 8-bit integers, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<sbyte> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of signed 8-bit integers.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<sbyte> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(byte scalar, Device? device = null, bool requires_grad = false) => Copied([scalar], [], null);

    /// <summary>A vector with a copy of unsigned 8-bit integers.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<byte> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of unsigned 8-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<byte> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of unsigned 8-bit integers, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<byte> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of unsigned 8-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<byte> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of unsigned 8-bit integers, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<byte> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of unsigned 8-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(byte[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<byte>(rawArray, dtype);

    /// <summary>A tensor with a copy of unsigned 8-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(byte[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<byte>(rawArray, dtype);

    /// <summary>A tensor with a copy of unsigned 8-bit integers, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(byte[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<byte>(rawArray, dtype);

    /// <summary>A vector with a copy of unsigned 8-bit integers.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<byte> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of unsigned 8-bit integers, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<byte> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of unsigned 8-bit integers.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<byte> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor without dimensions.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(bool scalar, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied([scalar], [], dtype);

    /// <summary>A vector with a copy of truth values.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(ReadOnlySpan<bool> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rawArray.Length], dtype);

    /// <summary>A tensor with a copy of truth values, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<bool> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, dimensions, dtype);

    /// <summary>A matrix with a copy of truth values, row by row.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<bool> rawArray, long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [rows, columns], dtype);

    /// <summary>A tensor with a copy of truth values, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<bool> rawArray, long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2], dtype);

    /// <summary>A tensor with a copy of truth values, in the order of the dimensions.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    [Counterpart("tensor")]
    public static Tensor Tensor(
        ReadOnlySpan<bool> rawArray, long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied(rawArray, [dim0, dim1, dim2, dim3], dtype);

    /// <summary>A tensor with a copy of truth values, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(bool[,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<bool>(rawArray, dtype);

    /// <summary>A tensor with a copy of truth values, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(bool[,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<bool>(rawArray, dtype);

    /// <summary>A tensor with a copy of truth values, in the shape of the array.</summary>
    [Counterpart("tensor")]
    public static Tensor Tensor(bool[,,,] rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) => Copied<bool>(rawArray, dtype);

    /// <summary>A vector with a copy of truth values.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(IList<bool> rawArray, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dtype);

    /// <summary>A tensor with a copy of truth values, in the order of the dimensions.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("tensor")]
    public static Tensor Tensor(
        IList<bool> rawArray, ReadOnlySpan<long> dimensions, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tensor(rawArray.ToArray(), dimensions, dtype);

    /// <summary>A vector with a copy of truth values.</summary>
    [Counterpart("as_tensor")]
    public static Tensor AsTensor(ReadOnlySpan<bool> rawArray, DType? dtype = null, Device? device = null) => Copied(rawArray, [rawArray.Length], dtype);
}
