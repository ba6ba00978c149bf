namespace Reparam.Runtime;

/// <summary>Element types of a <see cref="Tensor"/>, in the order of type promotion.</summary>
[Counterpart("TorchSharp.torch+ScalarType")]
public enum DType
{
    /// <summary>Truth value.</summary>
    [Counterpart("Bool")]
    Bool,

    /// <summary>64-bit integer.</summary>
    [Counterpart("Int64")]
    Int64,

    /// <summary>Single precision.</summary>
    [Counterpart("Float32")]
    Float32,
}
