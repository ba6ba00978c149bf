namespace Reparam.Runtime;

#pragma warning disable CA2225 // The named forms are Add, Sub, Mul, Div, Neg, Eq, …: TorchSharp's names.

/// <content>Arithmetic operators, with broadcasting and type promotion.</content>
public partial class Tensor
{
    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(Tensor left, Tensor right) => left.Add(right);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(Tensor left, Scalar right) => left.Add(right);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(Tensor left, int right) => left.Add(right);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(Tensor left, long right) => left.Add(right);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(Tensor left, float right) => left.Add(right);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(Tensor left, double right) => left.Add(right);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(Scalar left, Tensor right) => right.Add(left);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(int left, Tensor right) => right.Add(left);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(long left, Tensor right) => right.Add(left);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(float left, Tensor right) => right.Add(left);

    /// <summary>Sum.</summary>
    [Counterpart("op_Addition")]
    public static Tensor operator +(double left, Tensor right) => right.Add(left);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(Tensor left, Tensor right) => left.Sub(right);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(Tensor left, Scalar right) => left.Sub(right);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(Tensor left, int right) => left.Sub(right);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(Tensor left, long right) => left.Sub(right);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(Tensor left, float right) => left.Sub(right);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(Tensor left, double right) => left.Sub(right);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(Scalar left, Tensor right) => right.SubtractedFrom(left);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(int left, Tensor right) => right.SubtractedFrom(left);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(long left, Tensor right) => right.SubtractedFrom(left);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(float left, Tensor right) => right.SubtractedFrom(left);

    /// <summary>Difference.</summary>
    [Counterpart("op_Subtraction")]
    public static Tensor operator -(double left, Tensor right) => right.SubtractedFrom(left);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(Tensor left, Tensor right) => left.Mul(right);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(Tensor left, Scalar right) => left.Mul(right);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(Tensor left, int right) => left.Mul(right);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(Tensor left, long right) => left.Mul(right);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(Tensor left, float right) => left.Mul(right);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(Tensor left, double right) => left.Mul(right);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(Scalar left, Tensor right) => right.Mul(left);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(int left, Tensor right) => right.Mul(left);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(long left, Tensor right) => right.Mul(left);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(float left, Tensor right) => right.Mul(left);

    /// <summary>Product.</summary>
    [Counterpart("op_Multiply")]
    public static Tensor operator *(double left, Tensor right) => right.Mul(left);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(Tensor left, Tensor right) => left.Div(right);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(Tensor left, Scalar right) => left.Div(right);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(Tensor left, int right) => left.Div(right);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(Tensor left, long right) => left.Div(right);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(Tensor left, float right) => left.Div(right);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(Tensor left, double right) => left.Div(right);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(Scalar left, Tensor right) => right.Divided(left);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(int left, Tensor right) => right.Divided(left);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(long left, Tensor right) => right.Divided(left);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(float left, Tensor right) => right.Divided(left);

    /// <summary>Quotient.</summary>
    [Counterpart("op_Division")]
    public static Tensor operator /(double left, Tensor right) => right.Divided(left);

    /// <summary>Opposite.</summary>
    [Counterpart("op_UnaryNegation")]
    public static Tensor operator -(Tensor tensor) => tensor.Neg();

    /// <summary>What the quotient, rounded down, leaves over.</summary>
    [Counterpart("op_Modulus")]
    public static Tensor operator %(Tensor left, Tensor right) => left.Remainder(right);

    /// <summary>What the quotient, rounded down, leaves over.</summary>
    [Counterpart("op_Modulus")]
    public static Tensor operator %(Tensor left, Scalar right) => left.Remainder(right);

    /// <summary>What the quotient, rounded down, leaves over.</summary>
    [Counterpart("op_Modulus")]
    public static Tensor operator %(Tensor left, int right) => left.Remainder(right);

    /// <summary>What the quotient, rounded down, leaves over.</summary>
    [Counterpart("op_Modulus")]
    public static Tensor operator %(Tensor left, long right) => left.Remainder(right);

    /// <summary>What the quotient, rounded down, leaves over.</summary>
    [Counterpart("op_Modulus")]
    public static Tensor operator %(Tensor left, float right) => left.Remainder(right);

    /// <summary>What the quotient, rounded down, leaves over.</summary>
    [Counterpart("op_Modulus")]
    public static Tensor operator %(Tensor left, double right) => left.Remainder(right);
}
