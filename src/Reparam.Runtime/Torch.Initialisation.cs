using System.ComponentModel;

namespace Reparam.Runtime;

/// <content>
/// Random first values of weights. The checkpoint fills every weight, so these give zeros; the generator binds them where a constructor makes
/// a weight or a buffer. Anywhere else it binds what draws.
/// </content>
public static partial class Torch
{
    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor InitialRand(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor InitialRand(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor InitialRand(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(rows, columns, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor InitialRand(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor InitialRand(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dim3, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor InitialRandn(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor InitialRandn(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor InitialRandn(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(rows, columns, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor InitialRandn(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor InitialRandn(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dim3, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("rand_like", IsInitialisation = true)]
    public static Tensor InitialRandLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) => ZerosLike(input, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randn_like", IsInitialisation = true)]
    public static Tensor InitialRandnLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) => ZerosLike(input, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("normal", IsInitialisation = true)]
    public static Tensor InitialNormal(
        double mean, double std, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randint", IsInitialisation = true)]
    public static Tensor InitialRandint(long low, long high, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(size, dtype ?? DType.Int64);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randint", IsInitialisation = true)]
    public static Tensor InitialRandint(long high, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(size, dtype ?? DType.Int64);
}
