using System.Numerics;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>
/// One operation for every element type. What computes is written for single and double precision, 64-bit integers and, where that has a meaning, truth
/// values and complex numbers; other types go through their hub and back (<see cref="ElementTypes"/>).
/// </content>
public partial class Tensor
{
    /// <summary>The smallest type that holds the values of both.</summary>
    internal static DType Promote(DType a, DType b) => ElementTypes.Promote(a, b);

    /// <summary>Type of a result of this and another tensor: a tensor without dimensions counts only where its category is higher.</summary>
    internal DType TypeWith(Tensor other)
    {
        if (Dtype == other.Dtype)
        {
            return Dtype;
        }

        if (Rank == 0 == (other.Rank == 0))
        {
            return Promote(Dtype, other.Dtype);
        }

        var (full, scalar) = Rank > 0 ? (Dtype, other.Dtype) : (other.Dtype, Dtype);
        return ElementTypes.Category(full) >= ElementTypes.Category(scalar) ? full : Promote(full, scalar);
    }

    /// <summary>Type of a result of this and a number: the number counts only where its category is higher.</summary>
    internal DType TypeWith(Scalar other) => TypeWith(Dtype, other);

    private static DType TypeWith(DType type, Scalar other) =>
        ElementTypes.Category(type) >= ElementTypes.Category(other.Type) ? type : Promote(type, other.Type);

    /// <summary>Type of a result that is no integer: the tensor's own, or single precision.</summary>
    internal static DType FloatType(DType type) => ElementTypes.Category(type) >= 2 ? type : DType.Float32;

    /// <summary>This tensor, converted when its type differs.</summary>
    internal Tensor As(DType type) => Dtype == type ? this : ToType(type);

    /// <summary>This tensor in a type, as its hub holds it: an operand is rounded, or wrapped, before it is computed with.</summary>
    internal Tensor As(DType type, DType hub) => As(type).As(hub);

    internal static InvalidOperationException NotDefined(string operation, DType type) => new($"{operation} is not defined for {type}.");

    private static InvalidOperationException NoBool(string operation) =>
        new($"{operation} of truth values is not defined: convert them, or use logical operations.");

    private static Tensor Binary<TFloat, TDouble, TInteger>(Tensor x, Tensor y, DType type, string operation)
        where TFloat : struct, IBinary<float, float>
        where TDouble : struct, IBinary<double, double>
        where TInteger : struct, IBinary<long, long>
    {
        var hub = ElementTypes.Hub(type);
        var (left, right) = (x.As(type, hub), y.As(type, hub));
        return (hub switch
        {
            DType.Float32 => Pointwise.Binary<TFloat, float, float>(left, right),
            DType.Int64 => Pointwise.Binary<TInteger, long, long>(left, right),
            DType.Float64 => Pointwise.Binary<TDouble, double, double>(left, right),
            _ => throw NotDefined(operation, type),
        }).As(type);
    }

    private static Tensor Binary<TFloat, TDouble, TInteger>(Tensor x, Scalar y, DType type, string operation)
        where TFloat : struct, IBinary<float, float>
        where TDouble : struct, IBinary<double, double>
        where TInteger : struct, IBinary<long, long>
    {
        var hub = ElementTypes.Hub(type);
        var left = x.As(type, hub);
        return (hub switch
        {
            DType.Float32 => Pointwise.Right<TFloat, float, float>(left, y.ToSingle()),
            DType.Int64 => Pointwise.Right<TInteger, long, long>(left, y.ToInteger(type)),
            DType.Float64 => Pointwise.Right<TDouble, double, double>(left, y.ToDouble()),
            _ => throw NotDefined(operation, type),
        }).As(type);
    }

    private static Tensor Binary<TFloat, TDouble, TInteger>(Scalar x, Tensor y, DType type, string operation)
        where TFloat : struct, IBinary<float, float>
        where TDouble : struct, IBinary<double, double>
        where TInteger : struct, IBinary<long, long>
    {
        var hub = ElementTypes.Hub(type);
        var right = y.As(type, hub);
        return (hub switch
        {
            DType.Float32 => Pointwise.Left<TFloat, float, float>(x.ToSingle(), right),
            DType.Int64 => Pointwise.Left<TInteger, long, long>(x.ToInteger(type), right),
            DType.Float64 => Pointwise.Left<TDouble, double, double>(x.ToDouble(), right),
            _ => throw NotDefined(operation, type),
        }).As(type);
    }

    private static Tensor BinaryComplex<TComplex>(Tensor x, Tensor y, DType type)
        where TComplex : struct, IBinary<Complex, Complex>
        => Pointwise.Binary<TComplex, Complex, Complex>(x.As(DType.ComplexFloat64), y.As(DType.ComplexFloat64)).As(type);

    /// <summary>A function of floating-point numbers; integers and truth values are converted to single precision.</summary>
    private Tensor Function<TOp>(string operation)
        where TOp : struct, IUnary<float, float>, IUnary<double, double>
        => Unary<TOp>(FloatType(Dtype), operation);

    private Tensor Unary<TOp>(DType type, string operation)
        where TOp : struct, IUnary<float, float>, IUnary<double, double>
    {
        var hub = ElementTypes.Hub(type);
        return (hub switch
        {
            DType.Float32 => Pointwise.Unary<TOp, float, float>(As(hub)),
            DType.Float64 => Pointwise.Unary<TOp, double, double>(As(hub)),
            _ => throw NotDefined(operation, type),
        }).As(type);
    }

    /// <summary>A function that is computed in double precision, element by element, and rounded.</summary>
    private Tensor Function(Func<double, double> function, string operation) => Map(function, FloatType(Dtype), operation);

    private Tensor Map(Func<double, double> function, DType type, string operation) => ElementTypes.IsFloat(type)
        ? Pointwise.Map(As(DType.Float64), function).As(type)
        : throw NotDefined(operation, type);

    // Double precision is computed as such; the other types by vectors of single precision.
    private Tensor Activated<TBody>(TBody body, Func<double, double> exact, string operation)
        where TBody : struct, IVectorBody
        => Dtype == DType.Float64 ? Pointwise.Map(this, exact) : VectorFunctions.Run(this, body, inPlace: false, operation);

    private Tensor RequireFloat(string operation) => ElementTypes.IsFloat(Dtype) ? this : throw NotDefined(operation, Dtype);
}
