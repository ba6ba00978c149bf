namespace Reparam.Runtime;

/// <content>
/// Random first values of weights. The checkpoint fills every weight, so these give zeros; the generator binds them where a constructor makes
/// a weight or a buffer, and nowhere else.
/// </content>
public static partial class Torch
{
    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor Rand(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor Rand(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor Rand(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(rows, columns, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor Rand(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("rand", IsInitialisation = true)]
    public static Tensor Rand(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dim3, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor Randn(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor Randn(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor Randn(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(rows, columns, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor Randn(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randn", IsInitialisation = true)]
    public static Tensor Randn(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(dim0, dim1, dim2, dim3, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("rand_like", IsInitialisation = true)]
    public static Tensor RandLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) => ZerosLike(input, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randn_like", IsInitialisation = true)]
    public static Tensor RandnLike(Tensor input, DType? dtype = null, Device? device = null, bool requires_grad = false) => ZerosLike(input, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("normal", IsInitialisation = true)]
    public static Tensor Normal(double mean, double std, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(size, dtype);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randint", IsInitialisation = true)]
    public static Tensor Randint(long low, long high, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(size, dtype ?? DType.Int64);

    /// <summary>Zeros, in place of the random numbers that a weight starts from.</summary>
    [Counterpart("randint", IsInitialisation = true)]
    public static Tensor Randint(long high, ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros(size, dtype ?? DType.Int64);
}
