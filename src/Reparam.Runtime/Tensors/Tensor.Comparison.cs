using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Comparisons and logic, with broadcasting and type promotion. NaN compares as IEEE 754 says.</content>
public partial class Tensor
{
    /// <summary>Equality of elements.</summary>
    [Counterpart("eq")]
    public Tensor Eq(Tensor target) => Compare<Equal<float>, Equal<long>>(target);

    /// <summary>Equality of elements and a number.</summary>
    [Counterpart("eq")]
    public Tensor Eq(Scalar target) => Compare<Equal<float>, Equal<long>>(target);

    /// <summary>Inequality of elements.</summary>
    [Counterpart("ne")]
    public Tensor Ne(Tensor target) => Compare<NotEqual<float>, NotEqual<long>>(target);

    /// <summary>Inequality of elements and a number.</summary>
    [Counterpart("ne")]
    public Tensor Ne(Scalar target) => Compare<NotEqual<float>, NotEqual<long>>(target);

    /// <summary>Less than of elements.</summary>
    [Counterpart("lt")]
    public Tensor Lt(Tensor target) => Compare<Less<float>, Less<long>>(target);

    /// <summary>Less than of elements and a number.</summary>
    [Counterpart("lt")]
    public Tensor Lt(Scalar target) => Compare<Less<float>, Less<long>>(target);

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("le")]
    public Tensor Le(Tensor target) => Compare<LessOrEqual<float>, LessOrEqual<long>>(target);

    /// <summary>Less than or equal of elements and a number.</summary>
    [Counterpart("le")]
    public Tensor Le(Scalar target) => Compare<LessOrEqual<float>, LessOrEqual<long>>(target);

    /// <summary>Greater than of elements.</summary>
    [Counterpart("gt")]
    public Tensor Gt(Tensor target) => Compare<Greater<float>, Greater<long>>(target);

    /// <summary>Greater than of elements and a number.</summary>
    [Counterpart("gt")]
    public Tensor Gt(Scalar target) => Compare<Greater<float>, Greater<long>>(target);

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("ge")]
    public Tensor Ge(Tensor target) => Compare<GreaterOrEqual<float>, GreaterOrEqual<long>>(target);

    /// <summary>Greater than or equal of elements and a number.</summary>
    [Counterpart("ge")]
    public Tensor Ge(Scalar target) => Compare<GreaterOrEqual<float>, GreaterOrEqual<long>>(target);

    /// <summary>Both differ from zero.</summary>
    [Counterpart("logical_and")]
    public Tensor LogicalAnd(Tensor other) => Pointwise.Binary<And, bool, bool>(As(DType.Bool), other.As(DType.Bool));

    /// <summary>Either differs from zero.</summary>
    [Counterpart("logical_or")]
    public Tensor LogicalOr(Tensor other) => Pointwise.Binary<Or, bool, bool>(As(DType.Bool), other.As(DType.Bool));

    /// <summary>Equal to zero.</summary>
    [Counterpart("logical_not")]
    public Tensor LogicalNot() => Pointwise.Right<Xor, bool, bool>(As(DType.Bool), true);

    /// <summary>Whether each element is not a number.</summary>
    [Counterpart("isnan")]
    public Tensor Isnan() => Ne(this);

    /// <summary>This where the condition holds, else <paramref name="y"/>; with broadcasting.</summary>
    [Counterpart("where")]
    public Tensor Where(Tensor condition, Tensor y) => Selection.Where(condition, this, y);

    /// <summary>A copy with a number where the mask holds; the mask is broadcast.</summary>
    [Counterpart("masked_fill")]
    public Tensor MaskedFill(Tensor mask, Scalar value)
    {
        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(Shape, mask.Shape, shape)];
        var result = Allocate(Dtype, shape);
        Copying.Copy(this, result);
        return result.MaskedFill_(mask, value);
    }

    /// <summary>Writes a number where the mask holds; the mask is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("masked_fill_")]
    public Tensor MaskedFill_(Tensor mask, Scalar value)
    {
        Selection.MaskedFill(this, mask, value);
        return this;
    }

    private Tensor Compare<TFloat, TInteger>(Tensor target)
        where TFloat : struct, IBinary<float, bool>
        where TInteger : struct, IBinary<long, bool>
    {
        var type = Promote(Dtype, target.Dtype);
        return type == DType.Float32
            ? Pointwise.Binary<TFloat, float, bool>(As(type), target.As(type))
            : Pointwise.Binary<TInteger, long, bool>(As(DType.Int64), target.As(DType.Int64));
    }

    private Tensor Compare<TFloat, TInteger>(Scalar target)
        where TFloat : struct, IBinary<float, bool>
        where TInteger : struct, IBinary<long, bool>
        => Promote(Dtype, target.Type) == DType.Float32
            ? Pointwise.Right<TFloat, float, bool>(As(DType.Float32), target.ToSingle())
            : Pointwise.Right<TInteger, long, bool>(As(DType.Int64), target.ToInt64());
}
