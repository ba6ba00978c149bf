namespace Reparam.Runtime;

/// <content>Functional forms of comparisons, and questions about tensors.</content>
public static partial class Torch
{
    /// <summary>Whether all elements are close to another tensor's.</summary>
    [Counterpart("allclose")]
    public static bool Allclose(Tensor tensor, Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
        tensor.Allclose(target, rtol, atol, equal_nan);

    /// <summary>Equality of elements.</summary>
    [Counterpart("eq")]
    public static Tensor Eq(Tensor left, Tensor right) => left.Eq(right);

    /// <summary>Equality of elements.</summary>
    [Counterpart("equal")]
    public static Tensor Equal(Tensor tensor, Tensor target) => tensor.Equal(target);

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("ge")]
    public static Tensor Ge(Tensor left, Tensor right) => left.Ge(right);

    /// <summary>Greater than of elements.</summary>
    [Counterpart("greater")]
    public static Tensor Greater(Tensor tensor, Tensor target) => tensor.Greater(target);

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("greater_equal")]
    public static Tensor GreaterEqual(Tensor tensor, Tensor target) => tensor.GreaterEqual(target);

    /// <summary>Greater than of elements.</summary>
    [Counterpart("gt")]
    public static Tensor Gt(Tensor left, Tensor right) => left.Gt(right);

    /// <summary>Whether the elements are complex numbers.</summary>
    [Counterpart("is_complex")]
    public static bool IsComplex(Tensor input) => input.IsComplex();

    /// <summary>False: conjugates are computed when they are asked for.</summary>
    [Counterpart("is_conj")]
    public static bool IsConj(Tensor input) => input.IsConj();

    /// <summary>Whether the elements are floating-point numbers.</summary>
    [Counterpart("is_floating_point")]
    public static bool IsFloatingPoint(Tensor input) => input.IsFloatingPoint();

    /// <summary>Whether the elements are integers or truth values.</summary>
    [Counterpart("is_integral")]
    public static bool IsIntegral(Tensor t) => t.IsIntegral();

    /// <summary>Whether the only element differs from zero.</summary>
    [Counterpart("is_nonzero")]
    public static bool IsNonzero(Tensor input) => input.IsNonzero();

    /// <summary>Whether each element is close to another's: |a − b| ≤ atol + rtol·|b|.</summary>
    [Counterpart("isclose")]
    public static Tensor Isclose(Tensor tensor, Tensor other, double rtol = 1E-05, double atol = 1E-08, bool nanEqual = false) =>
        tensor.Isclose(other, rtol, atol, nanEqual);

    /// <summary>Whether each element is neither infinite nor no number.</summary>
    [Counterpart("isfinite")]
    public static Tensor Isfinite(Tensor tensor) => tensor.Isfinite();

    /// <summary>Whether each element is infinite.</summary>
    [Counterpart("isinf")]
    public static Tensor Isinf(Tensor tensor) => tensor.Isinf();

    /// <summary>Whether each element is negative infinity.</summary>
    [Counterpart("isneginf")]
    public static Tensor Isneginf(Tensor tensor) => tensor.Isneginf();

    /// <summary>Whether each element is positive infinity.</summary>
    [Counterpart("isposinf")]
    public static Tensor Isposinf(Tensor tensor) => tensor.Isposinf();

    /// <summary>Whether each element has no imaginary part.</summary>
    [Counterpart("isreal")]
    public static Tensor Isreal(Tensor tensor) => tensor.Isreal();

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("le")]
    public static Tensor Le(Tensor left, Tensor right) => left.Le(right);

    /// <summary>Less than of elements.</summary>
    [Counterpart("less")]
    public static Tensor Less(Tensor tensor, Tensor target) => tensor.Less(target);

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("less_equal")]
    public static Tensor LessEqual(Tensor tensor, Tensor target) => tensor.LessEqual(target);

    /// <summary>Both differ from zero.</summary>
    [Counterpart("logical_and")]
    public static Tensor LogicalAnd(Tensor left, Tensor right) => left.LogicalAnd(right);

    /// <summary>Equal to zero.</summary>
    [Counterpart("logical_not")]
    public static Tensor LogicalNot(Tensor input) => input.LogicalNot();

    /// <summary>Either differs from zero.</summary>
    [Counterpart("logical_or")]
    public static Tensor LogicalOr(Tensor left, Tensor right) => left.LogicalOr(right);

    /// <summary>One of the two differs from zero.</summary>
    [Counterpart("logical_xor")]
    public static Tensor LogicalXor(Tensor left, Tensor right) => left.LogicalXor(right);

    /// <summary>Less than of elements.</summary>
    [Counterpart("lt")]
    public static Tensor Lt(Tensor left, Tensor right) => left.Lt(right);

    /// <summary>Inequality of elements.</summary>
    [Counterpart("ne")]
    public static Tensor Ne(Tensor left, Tensor right) => left.Ne(right);

    /// <summary>Inequality of elements.</summary>
    [Counterpart("not_equal")]
    public static Tensor NotEqual(Tensor tensor, Tensor target) => tensor.NotEqual(target);

    /// <summary>A view: opposites are computed when they are asked for.</summary>
    [Counterpart("resolve_neg")]
    public static Tensor ResolveNeg(Tensor input) => input.ResolveNeg();
}
