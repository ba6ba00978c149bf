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
    public static implicit operator Tensor(int value) => Of(value, DType.Int32);

    /// <summary>An integer as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(long value) => Of(value, DType.Int64);

    /// <summary>A single-precision number as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(float value) => Of(value, DType.Float32);

    /// <summary>A double-precision number as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(double value) => Of(value, DType.Float64);

    /// <summary>A truth value as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(bool value) => Of(value, DType.Bool);

    /// <summary>An integer as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(byte value) => Of((long)value, DType.Byte);

    /// <summary>An integer as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(sbyte value) => Of((long)value, DType.Int8);

    /// <summary>An integer as a tensor.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(short value) => Of((long)value, DType.Int16);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(float[] value) => Torch.Tensor(value);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(double[] value) => Torch.Tensor(value);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(long[] value) => Torch.Tensor(value);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(int[] value) => Torch.Tensor(value);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(short[] value) => Torch.Tensor(value);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(sbyte[] value) => Torch.Tensor(value);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(byte[] value) => Torch.Tensor(value);

    /// <summary>Values as a vector.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Tensor(bool[] value) => Torch.Tensor(value);
}
