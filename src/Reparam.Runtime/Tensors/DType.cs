namespace Reparam.Runtime;

/// <summary>Element types of a <see cref="Tensor"/>, with libtorch's numbers.</summary>
[Counterpart("TorchSharp.torch+ScalarType")]
public enum DType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    [Counterpart("Byte")]
    Byte = 0,

    /// <summary>Signed 8-bit integer.</summary>
    [Counterpart("Int8")]
    Int8 = 1,

    /// <summary>16-bit integer.</summary>
    [Counterpart("Int16")]
    Int16 = 2,

    /// <summary>32-bit integer.</summary>
    [Counterpart("Int32")]
    Int32 = 3,

    /// <summary>64-bit integer.</summary>
    [Counterpart("Int64")]
    Int64 = 4,

    /// <summary>Half precision.</summary>
    [Counterpart("Float16")]
    Float16 = 5,

    /// <summary>Single precision.</summary>
    [Counterpart("Float32")]
    Float32 = 6,

    /// <summary>Double precision.</summary>
    [Counterpart("Float64")]
    Float64 = 7,

    /// <summary>Two single-precision numbers.</summary>
    [Counterpart("ComplexFloat32")]
    ComplexFloat32 = 9,

    /// <summary>Two double-precision numbers.</summary>
    [Counterpart("ComplexFloat64")]
    ComplexFloat64 = 10,

    /// <summary>Truth value.</summary>
    [Counterpart("Bool")]
    Bool = 11,

    /// <summary>Single precision with 8 bits of significand.</summary>
    [Counterpart("BFloat16")]
    BFloat16 = 15,
}
