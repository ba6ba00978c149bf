using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Comparisons and logic, with broadcasting and type promotion. NaN compares as IEEE 754 says.</content>
public partial class Tensor
{
    /// <summary>Equality of elements.</summary>
    [Counterpart("eq")]
    public Tensor Eq(Tensor target) => ElementTypes.IsComplex(TypeWith(target))
        ? Pointwise.Zip<System.Numerics.Complex, bool>(As(DType.ComplexFloat64), target.As(DType.ComplexFloat64), (a, b) => a == b)
        : Compare<Equal<float>, Equal<double>, Equal<long>>(target, "eq");

    /// <summary>Equality of elements and a number.</summary>
    [Counterpart("eq")]
    public Tensor Eq(Scalar target) => Compare<Equal<float>, Equal<double>, Equal<long>>(target, "eq");

    /// <summary>Inequality of elements.</summary>
    [Counterpart("ne")]
    public Tensor Ne(Tensor target) => ElementTypes.IsComplex(TypeWith(target))
        ? Eq(target).LogicalNot()
        : Compare<NotEqual<float>, NotEqual<double>, NotEqual<long>>(target, "ne");

    /// <summary>Inequality of elements and a number.</summary>
    [Counterpart("ne")]
    public Tensor Ne(Scalar target) => Compare<NotEqual<float>, NotEqual<double>, NotEqual<long>>(target, "ne");

    /// <summary>Less than of elements.</summary>
    [Counterpart("lt")]
    public Tensor Lt(Tensor target) => Compare<Less<float>, Less<double>, Less<long>>(target, "lt");

    /// <summary>Less than of elements and a number.</summary>
    [Counterpart("lt")]
    public Tensor Lt(Scalar target) => Compare<Less<float>, Less<double>, Less<long>>(target, "lt");

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("le")]
    public Tensor Le(Tensor target) => Compare<LessOrEqual<float>, LessOrEqual<double>, LessOrEqual<long>>(target, "le");

    /// <summary>Less than or equal of elements and a number.</summary>
    [Counterpart("le")]
    public Tensor Le(Scalar target) => Compare<LessOrEqual<float>, LessOrEqual<double>, LessOrEqual<long>>(target, "le");

    /// <summary>Greater than of elements.</summary>
    [Counterpart("gt")]
    public Tensor Gt(Tensor target) => Compare<Greater<float>, Greater<double>, Greater<long>>(target, "gt");

    /// <summary>Greater than of elements and a number.</summary>
    [Counterpart("gt")]
    public Tensor Gt(Scalar target) => Compare<Greater<float>, Greater<double>, Greater<long>>(target, "gt");

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("ge")]
    public Tensor Ge(Tensor target) => Compare<GreaterOrEqual<float>, GreaterOrEqual<double>, GreaterOrEqual<long>>(target, "ge");

    /// <summary>Greater than or equal of elements and a number.</summary>
    [Counterpart("ge")]
    public Tensor Ge(Scalar target) => Compare<GreaterOrEqual<float>, GreaterOrEqual<double>, GreaterOrEqual<long>>(target, "ge");

    /// <summary>Greater than of elements.</summary>
    [Counterpart("greater")]
    public Tensor Greater(Tensor target) => Gt(target);

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("greater_equal")]
    public Tensor GreaterEqual(Tensor target) => Ge(target);

    /// <summary>Less than of elements.</summary>
    [Counterpart("less")]
    public Tensor Less(Tensor target) => Lt(target);

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("less_equal")]
    public Tensor LessEqual(Tensor target) => Le(target);

    /// <summary>Inequality of elements.</summary>
    [Counterpart("not_equal")]
    public Tensor NotEqual(Tensor target) => Ne(target);

    /// <summary>Both differ from zero.</summary>
    [Counterpart("logical_and")]
    public Tensor LogicalAnd(Tensor other) => Pointwise.Binary<And, bool, bool>(As(DType.Bool), other.As(DType.Bool));

    /// <summary>Either differs from zero.</summary>
    [Counterpart("logical_or")]
    public Tensor LogicalOr(Tensor other) => Pointwise.Binary<Or, bool, bool>(As(DType.Bool), other.As(DType.Bool));

    /// <summary>One of the two differs from zero.</summary>
    [Counterpart("logical_xor")]
    public Tensor LogicalXor(Tensor other) => Pointwise.Binary<Xor, bool, bool>(As(DType.Bool), other.As(DType.Bool));

    /// <summary>Equal to zero.</summary>
    [Counterpart("logical_not")]
    public Tensor LogicalNot() => Pointwise.Right<Xor, bool, bool>(As(DType.Bool), true);

    /// <summary>Whether each element is not a number.</summary>
    [Counterpart("isnan")]
    public Tensor Isnan() => Ne(this);

    /// <summary>Whether each element is neither infinite nor no number.</summary>
    [Counterpart("isfinite")]
    public Tensor Isfinite() => ElementTypes.IsFloat(Dtype) ? Abs().Lt(double.PositiveInfinity) : Eq(this);

    /// <summary>Whether each element is infinite.</summary>
    [Counterpart("isinf")]
    public Tensor Isinf() => ElementTypes.IsFloat(Dtype) ? Abs().Eq(double.PositiveInfinity) : Ne(this);

    /// <summary>Whether each element is positive infinity.</summary>
    [Counterpart("isposinf")]
    public Tensor Isposinf() => ElementTypes.IsFloat(Dtype) ? Eq(double.PositiveInfinity) : Ne(this);

    /// <summary>Whether each element is negative infinity.</summary>
    [Counterpart("isneginf")]
    public Tensor Isneginf() => ElementTypes.IsFloat(Dtype) ? Eq(double.NegativeInfinity) : Ne(this);

    /// <summary>Whether each element has no imaginary part.</summary>
    [Counterpart("isreal")]
    public Tensor Isreal() => ElementTypes.IsComplex(Dtype) ? Imag.Eq(0) : Torch.Ones(Shape, DType.Bool);

    /// <summary>Whether each element is close to another's: |a − b| ≤ atol + rtol·|b|.</summary>
    [Counterpart("isclose")]
    public Tensor Isclose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool nanEqual = false)
    {
        if (Dtype != other.Dtype)
        {
            throw new InvalidOperationException($"isclose: both tensors must have the same type, but are {Dtype} and {other.Dtype}.");
        }

        var (x, y) = (As(DType.Float64), other.As(DType.Float64));
        return Pointwise.Zip<double, bool>(x, y, (a, b) => a == b || (nanEqual && double.IsNaN(a) && double.IsNaN(b))
            || (double.IsFinite(a) && double.IsFinite(b) && Math.Abs(a - b) <= atol + (rtol * Math.Abs(b))));
    }

    /// <summary>Whether all elements are close to another tensor's.</summary>
    [Counterpart("allclose")]
    public bool Allclose(Tensor target, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) =>
        Isclose(target, rtol, atol, equal_nan).All().Item<bool>();

    /// <summary>Equality of elements.</summary>
    [Counterpart("equal")]
    public Tensor Equal(Tensor target) => Eq(target);

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
        if (!IsUnloaded)
        {
            ThrowIfPacked();
            Selection.MaskedFill(this, mask, value);
        }

        return this;
    }

    private Tensor Compare<TFloat, TDouble, TInteger>(Tensor target, string operation)
        where TFloat : struct, IBinary<float, bool>
        where TDouble : struct, IBinary<double, bool>
        where TInteger : struct, IBinary<long, bool>
    {
        var type = TypeWith(target);
        var hub = Comparable(type, operation);
        var (left, right) = (As(type, hub), target.As(type, hub));
        return hub switch
        {
            DType.Float32 => Pointwise.Binary<TFloat, float, bool>(left, right),
            DType.Float64 => Pointwise.Binary<TDouble, double, bool>(left, right),
            _ => Pointwise.Binary<TInteger, long, bool>(left, right),
        };
    }

    private Tensor Compare<TFloat, TDouble, TInteger>(Scalar target, string operation)
        where TFloat : struct, IBinary<float, bool>
        where TDouble : struct, IBinary<double, bool>
        where TInteger : struct, IBinary<long, bool>
    {
        var type = TypeWith(target);
        var hub = Comparable(type, operation);
        return hub switch
        {
            DType.Float32 => Pointwise.Right<TFloat, float, bool>(As(hub), Rounded(target)),
            DType.Float64 => Pointwise.Right<TDouble, double, bool>(As(hub), target.ToDouble()),
            _ => Pointwise.Right<TInteger, long, bool>(As(hub), target.ToInteger(type)),
        };
    }

    // A number is compared in the type of the elements.
    private float Rounded(Scalar value) => Dtype switch
    {
        DType.Float16 => (float)(Half)value.ToSingle(),
        DType.BFloat16 => new BFloat16(value.ToSingle()).ToSingle(),
        _ => value.ToSingle(),
    };

    private static DType Comparable(DType type, string operation) => ElementTypes.Hub(type) switch
    {
        DType.Bool => DType.Int64,
        DType.ComplexFloat64 => throw NotDefined(operation, type),
        var hub => hub,
    };
}
