namespace Reparam.Runtime;

/// <content>Tensors of this one's type or shape.</content>
public partial class Tensor
{
    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_zeros")]
    public Tensor NewZeros(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros(size, dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_zeros")]
    public Tensor NewZeros(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.Zeros([size], dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_zeros")]
    public Tensor NewZeros(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros([rows, columns], dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_zeros")]
    public Tensor NewZeros(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros([dim0, dim1, dim2], dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_zeros")]
    public Tensor NewZeros(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros([dim0, dim1, dim2, dim3], dtype ?? Dtype);

    /// <summary>Ones in the type of this tensor.</summary>
    [Counterpart("new_ones")]
    public Tensor NewOnes(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.Ones([size], dtype ?? Dtype);

    /// <summary>Ones in the type of this tensor.</summary>
    [Counterpart("new_ones")]
    public Tensor NewOnes(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Ones([rows, columns], dtype ?? Dtype);

    /// <summary>Ones in the type of this tensor.</summary>
    [Counterpart("new_ones")]
    public Tensor NewOnes(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Ones([dim0, dim1, dim2], dtype ?? Dtype);

    /// <summary>Ones in the type of this tensor.</summary>
    [Counterpart("new_ones")]
    public Tensor NewOnes(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Ones([dim0, dim1, dim2, dim3], dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_empty")]
    public Tensor NewEmpty(ReadOnlySpan<long> size, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros(size, dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_empty")]
    public Tensor NewEmpty(long size, DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.Zeros([size], dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_empty")]
    public Tensor NewEmpty(long rows, long columns, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros([rows, columns], dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_empty")]
    public Tensor NewEmpty(long dim0, long dim1, long dim2, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros([dim0, dim1, dim2], dtype ?? Dtype);

    /// <summary>Zeros in the type of this tensor.</summary>
    [Counterpart("new_empty")]
    public Tensor NewEmpty(long dim0, long dim1, long dim2, long dim3, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Zeros([dim0, dim1, dim2, dim3], dtype ?? Dtype);

    /// <summary>One number everywhere, in the type of this tensor.</summary>
    [Counterpart("new_full")]
    public Tensor NewFull(ReadOnlySpan<long> size, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Full(size, value, dtype ?? Dtype);

    /// <summary>One number everywhere, in the type of this tensor.</summary>
    [Counterpart("new_full")]
    public Tensor NewFull(long size, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Full([size], value, dtype ?? Dtype);

    /// <summary>One number everywhere, in the type of this tensor.</summary>
    [Counterpart("new_full")]
    public Tensor NewFull(long rows, long columns, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Full([rows, columns], value, dtype ?? Dtype);

    /// <summary>One number everywhere, in the type of this tensor.</summary>
    [Counterpart("new_full")]
    public Tensor NewFull(long dim0, long dim1, long dim2, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Full([dim0, dim1, dim2], value, dtype ?? Dtype);

    /// <summary>One number everywhere, in the type of this tensor.</summary>
    [Counterpart("new_full")]
    public Tensor NewFull(long dim0, long dim1, long dim2, long dim3, Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Full([dim0, dim1, dim2, dim3], value, dtype ?? Dtype);

    /// <summary>Zeros in the shape of this tensor.</summary>
    [Counterpart("zeros_like")]
    public Tensor ZerosLike(DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.ZerosLike(this, dtype);

    /// <summary>Ones in the shape of this tensor.</summary>
    [Counterpart("ones_like")]
    public Tensor OnesLike(DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.OnesLike(this, dtype);

    /// <summary>Zeros in the shape of this tensor.</summary>
    [Counterpart("empty_like")]
    public Tensor EmptyLike(DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.EmptyLike(this, dtype);

    /// <summary>One number in the shape of this tensor.</summary>
    [Counterpart("full_like")]
    public Tensor FullLike(Scalar value, DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.FullLike(this, value, dtype);
}
