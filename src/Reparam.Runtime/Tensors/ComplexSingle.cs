using System.Numerics;

namespace Reparam.Runtime;

/// <summary>An element of <see cref="DType.ComplexFloat32"/>.</summary>
internal readonly record struct ComplexSingle(float Real, float Imaginary)
{
    public static implicit operator Complex(ComplexSingle value) => new(value.Real, value.Imaginary);

    public static explicit operator ComplexSingle(Complex value) => new((float)value.Real, (float)value.Imaginary);
}
