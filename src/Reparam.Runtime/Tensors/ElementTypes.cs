using System.Numerics;

namespace Reparam.Runtime;

/// <summary>
/// What operations ask about element types. Arithmetic runs in one of five types, the <see cref="Hub"/> of the tensor's type: single precision for the
/// half types, 64-bit integers for the narrower ones. Results are rounded, or wrapped, to the tensor's type, as libtorch does it.
/// </summary>
internal static class ElementTypes
{
    /// <summary>The type in which a type is computed with.</summary>
    public static DType Hub(DType type) => type switch
    {
        DType.Byte or DType.Int8 or DType.Int16 or DType.Int32 => DType.Int64,
        DType.Float16 or DType.BFloat16 => DType.Float32,
        DType.ComplexFloat32 => DType.ComplexFloat64,
        _ => type,
    };

    /// <summary>Bytes of an element.</summary>
    public static int Width(DType type) => type switch
    {
        DType.Byte or DType.Int8 or DType.Bool => 1,
        DType.Int16 or DType.Float16 or DType.BFloat16 => 2,
        DType.Int32 or DType.Float32 => 4,
        DType.ComplexFloat64 => 16,
        _ => 8,
    };

    public static bool IsFloat(DType type) => type is DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16;

    public static bool IsComplex(DType type) => type is DType.ComplexFloat32 or DType.ComplexFloat64;

    /// <summary>Whether the elements are integers; truth values are not.</summary>
    public static bool IsInteger(DType type) => type is DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8 or DType.Byte;

    /// <summary>The type of the real and imaginary parts of a complex type; any other type is its own.</summary>
    public static DType Real(DType type) => type switch
    {
        DType.ComplexFloat32 => DType.Float32,
        DType.ComplexFloat64 => DType.Float64,
        _ => type,
    };

    /// <summary>The complex type with parts of a floating-point type.</summary>
    public static DType Complex(DType type) => type is DType.Float64 or DType.ComplexFloat64 ? DType.ComplexFloat64 : DType.ComplexFloat32;

    /// <summary>Truth values, integers, floating-point numbers, complex numbers: 0 to 3.</summary>
    public static int Category(DType type) => IsComplex(type) ? 3 : IsFloat(type) ? 2 : type == DType.Bool ? 0 : 1;

    /// <summary>Whether a result of one type can be written into a tensor of another: no category is lost.</summary>
    public static bool CanCast(DType from, DType to) => Category(from) <= Category(to);

    /// <summary>The smallest type that holds the values of both.</summary>
    public static DType Promote(DType a, DType b)
    {
        if (a == b)
        {
            return a;
        }

        var (low, high) = Category(a) <= Category(b) ? (a, b) : (b, a);
        if (Category(low) < Category(high))
        {
            return high == DType.ComplexFloat32 && low == DType.Float64 ? DType.ComplexFloat64 : high;
        }

        return Category(high) switch
        {
            3 => DType.ComplexFloat64,
            2 => a == DType.Float64 || b == DType.Float64 ? DType.Float64 : DType.Float32,

            // An unsigned and a signed type meet in the next wider signed one.
            _ => (a, b) is (DType.Byte, DType.Int8) or (DType.Int8, DType.Byte) ? DType.Int16 : (DType)Math.Max((int)a, (int)b),
        };
    }

    public static DType Of<T>() => typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(bool) ? DType.Bool
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(byte) ? DType.Byte
        : typeof(T) == typeof(sbyte) ? DType.Int8
        : typeof(T) == typeof(short) ? DType.Int16
        : typeof(T) == typeof(Half) ? DType.Float16
        : typeof(T) == typeof(BFloat16) ? DType.BFloat16
        : typeof(T) == typeof(Complex) ? DType.ComplexFloat64
        : typeof(T) == typeof(ComplexSingle) || typeof(T) == typeof((float, float)) ? DType.ComplexFloat32
        : throw new InvalidOperationException($"A tensor has no elements of type {typeof(T).Name}.");
}
