using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

public partial class Tensor
{
    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public Tensor Add(Tensor target)
    {
        var type = Promote(Dtype, target.Dtype);
        var (x, y) = (As(type), target.As(type));
        return type switch
        {
            DType.Float32 => Pointwise.Binary<Add<float>, float, float>(x, y),
            DType.Int64 => Pointwise.Binary<Add<long>, long, long>(x, y),
            _ => Pointwise.Binary<Or, bool, bool>(x, y),
        };
    }

    /// <summary>This + alpha · target, with broadcasting.</summary>
    [Counterpart("add")]
    public Tensor Add(Tensor target, Scalar alpha)
    {
        var type = Promote(Dtype, target.Dtype);
        return type != DType.Float32 && alpha.IsFloat
            ? throw new InvalidOperationException($"add: alpha {alpha} must be an integer for tensors of {Dtype} and {target.Dtype}.")
            : Add(target.Mul(alpha).As(type));
    }

    /// <summary>Sum with a number.</summary>
    [Counterpart("add")]
    public Tensor Add(Scalar scalar)
    {
        var type = Promote(Dtype, scalar.Type);
        var x = As(type);
        return type switch
        {
            DType.Float32 => Pointwise.Right<Add<float>, float, float>(x, scalar.ToSingle()),
            DType.Int64 => Pointwise.Right<Add<long>, long, long>(x, scalar.ToInt64()),
            _ => Pointwise.Right<Or, bool, bool>(x, scalar.ToBoolean()),
        };
    }

    /// <summary>Difference with broadcasting.</summary>
    /// <exception cref="InvalidOperationException">One of the two has truth values.</exception>
    [Counterpart("sub")]
    public Tensor Sub(Tensor target)
    {
        var type = Dtype == DType.Bool || target.Dtype == DType.Bool ? throw NoBool("Subtraction") : Promote(Dtype, target.Dtype);
        var (x, y) = (As(type), target.As(type));
        return type switch
        {
            DType.Float32 => Pointwise.Binary<Subtract<float>, float, float>(x, y),
            _ => Pointwise.Binary<Subtract<long>, long, long>(x, y),
        };
    }

    /// <summary>Difference from a number.</summary>
    /// <exception cref="InvalidOperationException">The elements are truth values.</exception>
    [Counterpart("sub")]
    public Tensor Sub(Scalar target)
    {
        var type = Dtype == DType.Bool ? throw NoBool("Subtraction") : Promote(Dtype, target.Type);
        return type == DType.Float32
            ? Pointwise.Right<Subtract<float>, float, float>(As(type), target.ToSingle())
            : Pointwise.Right<Subtract<long>, long, long>(this, target.ToInt64());
    }

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("mul")]
    public Tensor Mul(Tensor target)
    {
        var type = Promote(Dtype, target.Dtype);
        var (x, y) = (As(type), target.As(type));
        return type switch
        {
            DType.Float32 => Pointwise.Binary<Multiply<float>, float, float>(x, y),
            DType.Int64 => Pointwise.Binary<Multiply<long>, long, long>(x, y),
            _ => Pointwise.Binary<And, bool, bool>(x, y),
        };
    }

    /// <summary>Product with a number.</summary>
    [Counterpart("mul")]
    public Tensor Mul(Scalar target)
    {
        var type = Promote(Dtype, target.Type);
        var x = As(type);
        return type switch
        {
            DType.Float32 => Pointwise.Right<Multiply<float>, float, float>(x, target.ToSingle()),
            DType.Int64 => Pointwise.Right<Multiply<long>, long, long>(x, target.ToInt64()),
            _ => Pointwise.Right<And, bool, bool>(x, target.ToBoolean()),
        };
    }

    /// <summary>Quotient with broadcasting; integers are divided as floats.</summary>
    [Counterpart("div")]
    public Tensor Div(Tensor target) => Pointwise.Binary<Divide, float, float>(As(DType.Float32), target.As(DType.Float32));

    /// <summary>Quotient by a number; integers are divided as floats.</summary>
    [Counterpart("div")]
    public Tensor Div(Scalar target) => Pointwise.Right<Divide, float, float>(As(DType.Float32), target.ToSingle());

    /// <summary>Opposite.</summary>
    /// <exception cref="InvalidOperationException">The elements are truth values.</exception>
    [Counterpart("neg")]
    public Tensor Neg() => Dtype switch
    {
        DType.Float32 => Pointwise.Unary<Negate<float>, float, float>(this),
        DType.Int64 => Pointwise.Unary<Negate<long>, long, long>(this),
        _ => throw NoBool("Negation"),
    };

    /// <summary>Absolute value.</summary>
    [Counterpart("abs")]
    public Tensor Abs() => Dtype switch
    {
        DType.Float32 => Pointwise.Unary<Absolute<float>, float, float>(this),
        DType.Int64 => Pointwise.Unary<Absolute<long>, long, long>(this),
        _ => throw NoBool("The absolute value"),
    };

    /// <summary>Larger of two, with broadcasting; NaN wins.</summary>
    [Counterpart("maximum")]
    public Tensor Maximum(Tensor other)
    {
        var type = Promote(Dtype, other.Dtype);
        var (x, y) = (As(type), other.As(type));
        return type switch
        {
            DType.Float32 => Pointwise.Binary<Maximum<float>, float, float>(x, y),
            DType.Int64 => Pointwise.Binary<Maximum<long>, long, long>(x, y),
            _ => Pointwise.Binary<Or, bool, bool>(x, y),
        };
    }

    /// <summary>Smaller of two, with broadcasting; NaN wins.</summary>
    [Counterpart("minimum")]
    public Tensor Minimum(Tensor other)
    {
        var type = Promote(Dtype, other.Dtype);
        var (x, y) = (As(type), other.As(type));
        return type switch
        {
            DType.Float32 => Pointwise.Binary<Minimum<float>, float, float>(x, y),
            DType.Int64 => Pointwise.Binary<Minimum<long>, long, long>(x, y),
            _ => Pointwise.Binary<And, bool, bool>(x, y),
        };
    }

    internal Tensor SubtractedFrom(Scalar left)
    {
        var type = Dtype == DType.Bool ? throw NoBool("Subtraction") : Promote(Dtype, left.Type);
        return type == DType.Float32
            ? Pointwise.Left<Subtract<float>, float, float>(left.ToSingle(), As(type))
            : Pointwise.Left<Subtract<long>, long, long>(left.ToInt64(), this);
    }

    internal Tensor Divided(Scalar left) => Pointwise.Left<Divide, float, float>(left.ToSingle(), As(DType.Float32));

    internal static DType Promote(DType a, DType b) => (DType)Math.Max((int)a, (int)b);

    /// <summary>This tensor, converted when its type differs.</summary>
    internal Tensor As(DType type) => Dtype == type ? this : ToType(type);

    private static InvalidOperationException NoBool(string operation) =>
        new($"{operation} of truth values is not defined: convert them, or use logical operations.");
}
