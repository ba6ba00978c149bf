using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>
/// Operations that write their result into the tensor, and so into every view of its memory. The result must have the tensor's shape, and its type must be
/// one that the tensor's type can hold. A weight that waits for its checkpoint stays as it is.
/// </content>
public partial class Tensor
{
    /// <summary>Adds a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Tensor target) => TryInPlace<Add<float>>(target) ? this : Write(Add(target), "add_");

    /// <summary>Adds alpha · target.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Tensor target, Scalar alpha) => IsUnloaded ? this : Write(Add(target, alpha), "add_");

    /// <summary>Adds a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Scalar scalar) => TryInPlace<Add<float>>(scalar) ? this : Write(Add(scalar), "add_");

    /// <summary>Adds alpha · scalar.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Scalar scalar, Scalar alpha) => Add_(scalar.Times(alpha));

    /// <summary>Subtracts a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sub_")]
    public Tensor Sub_(Tensor target) => TryInPlace<Subtract<float>>(target) ? this : Write(Sub(target), "sub_");

    /// <summary>Subtracts a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sub_")]
    public Tensor Sub_(Scalar target) => TryInPlace<Subtract<float>>(target) ? this : Write(Sub(target), "sub_");

    /// <summary>Multiplies by a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("mul_")]
    public Tensor Mul_(Tensor target) => TryInPlace<Multiply<float>>(target) ? this : Write(Mul(target), "mul_");

    /// <summary>Multiplies by a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("mul_")]
    public Tensor Mul_(Scalar target) => TryInPlace<Multiply<float>>(target) ? this : Write(Mul(target), "mul_");

    /// <summary>Divides by a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("div_")]
    public Tensor Div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
        rounding_mode == RoundingMode.None && TryInPlace<Divide<float>>(target) ? this : Write(Div(target, rounding_mode), "div_");

    /// <summary>Divides by a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("div_")]
    public Tensor Div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
        rounding_mode == RoundingMode.None && TryInPlace<Divide<float>>(target) ? this : Write(Div(target, rounding_mode), "div_");

    /// <summary>Sets every element x to max(x, 0).</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("relu_")]
    public Tensor Relu_() => TryInPlace<Maximum<float>>(0) ? this : Write(Relu(), "relu_");

    /// <summary>As <see cref="Abs()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("abs_")]
    public Tensor Abs_() => IsUnloaded ? this : Write(Abs(), "abs_");

    /// <summary>As <see cref="Addbmm(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addbmm_")]
    public Tensor Addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addbmm(batch1, batch2, beta, alpha), "addbmm_");

    /// <summary>As <see cref="Addmm(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addmm_")]
    public Tensor Addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addmm(mat1, mat2, beta, alpha), "addmm_");

    /// <summary>As <see cref="Addmv(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addmv_")]
    public Tensor Addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addmv(mat, vec, beta, alpha), "addmv_");

    /// <summary>As <see cref="Addr(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addr_")]
    public Tensor Addr_(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addr(vec1, vec2, beta, alpha), "addr_");

    /// <summary>As <see cref="Celu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("celu_")]
    public Tensor Celu_() => IsUnloaded ? this : Write(Celu(), "celu_");

    /// <summary>As <see cref="Celu(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("celu_")]
    public Tensor Celu_(Scalar alpha) => IsUnloaded ? this : Write(Celu(alpha), "celu_");

    /// <summary>As <see cref="ConjPhysical()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("conj_physical_")]
    public Tensor ConjPhysical_() => IsUnloaded ? this : Write(ConjPhysical(), "conj_physical_");

    /// <summary>As <see cref="Elu(double)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("elu_")]
    public Tensor Elu_(double alpha = 1) => IsUnloaded ? this : Write(Elu(alpha), "elu_");

    /// <summary>As <see cref="Elu(Scalar, Scalar, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("elu_")]
    public Tensor Elu_(Scalar alpha, Scalar scale, Scalar input_scale) => IsUnloaded ? this : Write(Elu(alpha, scale, input_scale), "elu_");

    /// <summary>As <see cref="Eq(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("eq_")]
    public Tensor Eq_(Tensor target) => IsUnloaded ? this : Write(Eq(target), "eq_");

    /// <summary>As <see cref="Eq(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("eq_")]
    public Tensor Eq_(Scalar target) => IsUnloaded ? this : Write(Eq(target), "eq_");

    /// <summary>As <see cref="Ge(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ge_")]
    public Tensor Ge_(Tensor target) => IsUnloaded ? this : Write(Ge(target), "ge_");

    /// <summary>As <see cref="Ge(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ge_")]
    public Tensor Ge_(Scalar target) => IsUnloaded ? this : Write(Ge(target), "ge_");

    /// <summary>As <see cref="Gelu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gelu_")]
    public Tensor Gelu_() => IsUnloaded ? this : Write(Gelu(), "gelu_");

    /// <summary>As <see cref="Gelu(GeluApproximate)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gelu_")]
    public Tensor Gelu_(GeluApproximate approximate) => IsUnloaded ? this : Write(Gelu(approximate), "gelu_");

    /// <summary>As <see cref="Gt(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gt_")]
    public Tensor Gt_(Tensor target) => IsUnloaded ? this : Write(Gt(target), "gt_");

    /// <summary>As <see cref="Gt(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gt_")]
    public Tensor Gt_(Scalar target) => IsUnloaded ? this : Write(Gt(target), "gt_");

    /// <summary>As <see cref="Hardsigmoid()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("hardsigmoid_")]
    public Tensor Hardsigmoid_() => IsUnloaded ? this : Write(Hardsigmoid(), "hardsigmoid_");

    /// <summary>As <see cref="Hardswish()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("hardswish_")]
    public Tensor Hardswish_() => IsUnloaded ? this : Write(Hardswish(), "hardswish_");

    /// <summary>As <see cref="Hardtanh(Scalar, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("hardtanh_")]
    public Tensor Hardtanh_(Scalar min, Scalar max) => IsUnloaded ? this : Write(Hardtanh(min, max), "hardtanh_");

    /// <summary>As <see cref="Le(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("le_")]
    public Tensor Le_(Tensor target) => IsUnloaded ? this : Write(Le(target), "le_");

    /// <summary>As <see cref="Le(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("le_")]
    public Tensor Le_(Scalar target) => IsUnloaded ? this : Write(Le(target), "le_");

    /// <summary>As <see cref="LeakyRelu(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("leaky_relu_")]
    public Tensor LeakyRelu_(Scalar negative_slope) => IsUnloaded ? this : Write(LeakyRelu(negative_slope), "leaky_relu_");

    /// <summary>As <see cref="LessEqual(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("less_equal_")]
    public Tensor LessEqual_(Tensor target) => IsUnloaded ? this : Write(LessEqual(target), "less_equal_");

    /// <summary>As <see cref="LogicalAnd(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_and_")]
    public Tensor LogicalAnd_(Tensor other) => IsUnloaded ? this : Write(LogicalAnd(other), "logical_and_");

    /// <summary>As <see cref="LogicalNot()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_not_")]
    public Tensor LogicalNot_() => IsUnloaded ? this : Write(LogicalNot(), "logical_not_");

    /// <summary>As <see cref="LogicalOr(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_or_")]
    public Tensor LogicalOr_(Tensor other) => IsUnloaded ? this : Write(LogicalOr(other), "logical_or_");

    /// <summary>As <see cref="LogicalXor(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_xor_")]
    public Tensor LogicalXor_(Tensor other) => IsUnloaded ? this : Write(LogicalXor(other), "logical_xor_");

    /// <summary>As <see cref="Lt(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lt_")]
    public Tensor Lt_(Tensor target) => IsUnloaded ? this : Write(Lt(target), "lt_");

    /// <summary>As <see cref="Lt(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lt_")]
    public Tensor Lt_(Scalar target) => IsUnloaded ? this : Write(Lt(target), "lt_");

    /// <summary>As <see cref="Ne(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ne_")]
    public Tensor Ne_(Tensor target) => IsUnloaded ? this : Write(Ne(target), "ne_");

    /// <summary>As <see cref="Ne(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ne_")]
    public Tensor Ne_(Scalar target) => IsUnloaded ? this : Write(Ne(target), "ne_");

    /// <summary>As <see cref="Neg()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("neg_")]
    public Tensor Neg_() => IsUnloaded ? this : Write(Neg(), "neg_");

    /// <summary>As <see cref="NotEqual(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("not_equal_")]
    public Tensor NotEqual_(Tensor target) => IsUnloaded ? this : Write(NotEqual(target), "not_equal_");

    /// <summary>As <see cref="Relu6()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("relu6_")]
    public Tensor Relu6_() => IsUnloaded ? this : Write(Relu6(), "relu6_");

    /// <summary>As <see cref="Rrelu(double, double)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("rrelu_")]
    public Tensor Rrelu_(double lower = 1.0 / 8, double upper = 1.0 / 3) => IsUnloaded ? this : Write(Rrelu(lower, upper), "rrelu_");

    /// <summary>As <see cref="Selu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("selu_")]
    public Tensor Selu_() => IsUnloaded ? this : Write(Selu(), "selu_");

    /// <summary>As <see cref="Silu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("silu_")]
    public Tensor Silu_() => IsUnloaded ? this : Write(Silu(), "silu_");

    /// <summary>As <see cref="Threshold(Scalar, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("threshold_")]
    public Tensor Threshold_(Scalar threshold, Scalar value) => IsUnloaded ? this : Write(Threshold(threshold, value), "threshold_");

    /// <summary>As <see cref="Tril(long)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("tril_")]
    public Tensor Tril_(long diagonal = 0) => IsUnloaded ? this : Write(Tril(diagonal), "tril_");

    /// <summary>As <see cref="Triu(long)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("triu_")]
    public Tensor Triu_(long diagonal = 0) => IsUnloaded ? this : Write(Triu(diagonal), "triu_");

    /// <summary>Writes a result into this tensor. It was computed as a whole before, so operands may overlap.</summary>
    private Tensor Write(Tensor result, string name)
    {
        ThrowIfPacked();
        if (!result.Shape.SequenceEqual(Shape))
        {
            throw new ArgumentException(
                $"{name}: a result of shape {Layout.Describe(result.Shape)} cannot be written into a tensor of shape {Layout.Describe(Shape)}.");
        }

        if (!ElementTypes.CanCast(result.Dtype, Dtype))
        {
            throw new InvalidOperationException($"{name}: a result of {result.Dtype} cannot be written into a tensor of {Dtype}.");
        }

        Copying.Copy(result, this);
        return this;
    }

    // Single precision needs no copy where the operands share no memory, or lie alike in it. True as well where there is nothing to write into yet.
    private bool TryInPlace<TOp>(Tensor other)
        where TOp : struct, IBinary<float, float>
    {
        if (IsUnloaded)
        {
            return true;
        }

        ThrowIfPacked();
        if (!HasData || !other.HasData || dtype != DType.Float32 || other.dtype != DType.Float32 || other.Rank > Rank
            || (ReferenceEquals(Storage, other.Storage) && !LiesAs(other)) || !Layout.Broadcasts(other.Shape, Shape) || Layout.Repeats(Shape, Strides))
        {
            return false;
        }

        Pointwise.BinaryInPlace<TOp, float>(this, other);
        return true;
    }

    private bool LiesAs(Tensor other) => offset == other.offset && Shape.SequenceEqual(other.Shape) && Strides.SequenceEqual(other.Strides);

    private bool TryInPlace<TOp>(Scalar other)
        where TOp : struct, IBinary<float, float>
    {
        if (IsUnloaded)
        {
            return true;
        }

        ThrowIfPacked();
        if (!HasData || dtype != DType.Float32 || !Layout.IsDense(Shape, Strides))
        {
            return false;
        }

        Pointwise.RightInPlace<TOp, float>(this, other.ToSingle());
        return true;
    }
}
