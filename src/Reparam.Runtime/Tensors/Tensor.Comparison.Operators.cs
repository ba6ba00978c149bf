using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

#pragma warning disable CA2225 // The named forms are Eq, Ne, Lt, …: TorchSharp's names.

/// <content>Operators that compare elements.</content>
public partial class Tensor
{
    /// <summary>Equality of elements.</summary>
    [Counterpart("op_Equality")]
    public static Tensor operator ==(Tensor left, Tensor right) => left.Eq(right);

    /// <summary>Equality of elements and a number.</summary>
    [Counterpart("op_Equality")]
    public static Tensor operator ==(Tensor left, Scalar right) => left.Eq(right);

    /// <summary>Equality of a number and elements.</summary>
    [Counterpart("op_Equality")]
    public static Tensor operator ==(Scalar left, Tensor right) => right.Eq(left);

    /// <summary>Inequality of elements.</summary>
    [Counterpart("op_Inequality")]
    public static Tensor operator !=(Tensor left, Tensor right) => left.Ne(right);

    /// <summary>Inequality of elements and a number.</summary>
    [Counterpart("op_Inequality")]
    public static Tensor operator !=(Tensor left, Scalar right) => left.Ne(right);

    /// <summary>Inequality of a number and elements.</summary>
    [Counterpart("op_Inequality")]
    public static Tensor operator !=(Scalar left, Tensor right) => right.Ne(left);

    /// <summary>Less than of elements.</summary>
    [Counterpart("op_LessThan")]
    public static Tensor operator <(Tensor left, Tensor right) => left.Lt(right);

    /// <summary>Less than of elements and a number.</summary>
    [Counterpart("op_LessThan")]
    public static Tensor operator <(Tensor left, Scalar right) => left.Lt(right);

    /// <summary>Less than of a number and elements.</summary>
    [Counterpart("op_LessThan")]
    public static Tensor operator <(Scalar left, Tensor right) => right.Gt(left);

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("op_LessThanOrEqual")]
    public static Tensor operator <=(Tensor left, Tensor right) => left.Le(right);

    /// <summary>Less than or equal of elements and a number.</summary>
    [Counterpart("op_LessThanOrEqual")]
    public static Tensor operator <=(Tensor left, Scalar right) => left.Le(right);

    /// <summary>Less than or equal of a number and elements.</summary>
    [Counterpart("op_LessThanOrEqual")]
    public static Tensor operator <=(Scalar left, Tensor right) => right.Ge(left);

    /// <summary>Greater than of elements.</summary>
    [Counterpart("op_GreaterThan")]
    public static Tensor operator >(Tensor left, Tensor right) => left.Gt(right);

    /// <summary>Greater than of elements and a number.</summary>
    [Counterpart("op_GreaterThan")]
    public static Tensor operator >(Tensor left, Scalar right) => left.Gt(right);

    /// <summary>Greater than of a number and elements.</summary>
    [Counterpart("op_GreaterThan")]
    public static Tensor operator >(Scalar left, Tensor right) => right.Lt(left);

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("op_GreaterThanOrEqual")]
    public static Tensor operator >=(Tensor left, Tensor right) => left.Ge(right);

    /// <summary>Greater than or equal of elements and a number.</summary>
    [Counterpart("op_GreaterThanOrEqual")]
    public static Tensor operator >=(Tensor left, Scalar right) => left.Ge(right);

    /// <summary>Greater than or equal of a number and elements.</summary>
    [Counterpart("op_GreaterThanOrEqual")]
    public static Tensor operator >=(Scalar left, Tensor right) => right.Le(left);

    /// <summary>Both, bit by bit; of truth values or integers.</summary>
    [Counterpart("op_BitwiseAnd")]
    public static Tensor operator &(Tensor left, Tensor right) => left.BitwiseAnd(right);

    /// <summary>Either, bit by bit; of truth values or integers.</summary>
    [Counterpart("op_BitwiseOr")]
    public static Tensor operator |(Tensor left, Tensor right) => left.BitwiseOr(right);

    /// <summary>One of two, bit by bit; of truth values or integers.</summary>
    [Counterpart("op_ExclusiveOr")]
    public static Tensor operator ^(Tensor left, Tensor right) => left.BitwiseXor(right);

    /// <summary>Not, bit by bit; of truth values or integers.</summary>
    [Counterpart("op_OnesComplement")]
    public static Tensor operator ~(Tensor left) => left.BitwiseNot();

    /// <summary>Whether it is the same object: <c>==</c> compares elements instead.</summary>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
