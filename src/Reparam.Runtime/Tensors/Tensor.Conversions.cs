namespace Reparam.Runtime;

#pragma warning disable CA2225 // The named form is Torch.Tensor.

/// <content>Numbers as tensors without dimensions, as TorchSharp converts them: <c>pow(10000.0, x)</c>, <c>x[0] = 1</c>.</content>
public partial class Tensor
{
    /// <summary>A number as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(Scalar value) => Of(value, value.Type);

    /// <summary>An integer as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(int value) => Of(value, DType.Int64);

    /// <summary>An integer as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(long value) => Of(value, DType.Int64);

    /// <summary>A single-precision number as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(float value) => Of(value, DType.Float32);

    /// <summary>A double-precision number as a tensor, in single precision.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(double value) => Of(value, DType.Float32);

    /// <summary>A truth value as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(bool value) => Of(value, DType.Bool);
}
