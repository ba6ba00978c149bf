using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Complex numbers.</content>
public partial class Tensor
{
    /// <summary>A view of the real parts; a real tensor itself.</summary>
    [Counterpart("real")]
    public Tensor Real => ElementTypes.IsComplex(Dtype) ? ComplexNumbers.Part(this, 0) : Alias();

    /// <summary>A view of the imaginary parts.</summary>
    /// <exception cref="InvalidOperationException">The elements are not complex.</exception>
    [Counterpart("imag")]
    public Tensor Imag => ComplexNumbers.Part(this, 1);

    /// <summary>A view of pairs in the last dimension as complex numbers.</summary>
    [Counterpart("view_as_complex")]
    public Tensor ViewAsComplex() => ComplexNumbers.FromPairs(this);

    /// <summary>A view of complex numbers as pairs, [..., 2].</summary>
    [Counterpart("view_as_real")]
    public Tensor ViewAsReal() => ComplexNumbers.ToPairs(this);

    /// <summary>Complex conjugate.</summary>
    [Counterpart("conj")]
    public Tensor Conj() => ElementTypes.IsComplex(Dtype) ? ComplexNumbers.Conjugate(this) : Alias();

    /// <summary>Complex conjugate.</summary>
    [Counterpart("conj_physical")]
    public Tensor ConjPhysical() => ElementTypes.IsComplex(Dtype) ? ComplexNumbers.Conjugate(this) : Clone();

    /// <summary>The tensor itself: a conjugate is computed when it is asked for.</summary>
    [Counterpart("resolve_conj")]
    public Tensor ResolveConj() => Alias();

    /// <summary>Argument of a complex number; 0 or π of a real one.</summary>
    [Counterpart("angle")]
    public Tensor Angle() => ElementTypes.IsComplex(Dtype)
        ? ComplexNumbers.Angle(this)
        : Function(x => double.IsNaN(x) ? x : x < 0 ? Math.PI : 0, "angle");
}
