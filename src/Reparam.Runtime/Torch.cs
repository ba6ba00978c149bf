namespace Reparam.Runtime;

/// <summary>Functions on tensors, scopes and element types.</summary>
[Counterpart("TorchSharp.torch")]
public static partial class Torch
{
    /// <summary>Unsigned 8-bit integer.</summary>
    [Counterpart("uint8")]
    public const DType Uint8 = DType.Byte;

    /// <summary>Signed 8-bit integer.</summary>
    [Counterpart("int8")]
    public const DType Int8 = DType.Int8;

    /// <summary>16-bit integer.</summary>
    [Counterpart("int16")]
    public const DType Int16 = DType.Int16;

    /// <summary>32-bit integer.</summary>
    [Counterpart("int32")]
    public const DType Int32 = DType.Int32;

    /// <summary>64-bit integer.</summary>
    [Counterpart("int64")]
    public const DType Int64 = DType.Int64;

    /// <summary>Half precision.</summary>
    [Counterpart("float16")]
    public const DType Float16 = DType.Float16;

    /// <summary>Half precision with the range of single precision.</summary>
    [Counterpart("bfloat16")]
    public const DType BFloat16 = DType.BFloat16;

    /// <summary>Single precision.</summary>
    [Counterpart("float32")]
    public const DType Float32 = DType.Float32;

    /// <summary>Double precision.</summary>
    [Counterpart("float64")]
    public const DType Float64 = DType.Float64;

    /// <summary>Two single-precision numbers.</summary>
    [Counterpart("complex64")]
    public const DType Complex64 = DType.ComplexFloat32;

    /// <summary>Two double-precision numbers.</summary>
    [Counterpart("complex128")]
    public const DType Complex128 = DType.ComplexFloat64;

    /// <summary>Two single-precision numbers.</summary>
    [Counterpart("cfloat")]
    public const DType Cfloat = DType.ComplexFloat32;

    /// <summary>Two double-precision numbers.</summary>
    [Counterpart("cdouble")]
    public const DType Cdouble = DType.ComplexFloat64;

    /// <summary>16-bit integer.</summary>
    [Counterpart("short")]
    public const DType Short = DType.Int16;

    /// <summary>32-bit integer.</summary>
    [Counterpart("int")]
    public const DType Int = DType.Int32;

    /// <summary>64-bit integer.</summary>
    [Counterpart("long")]
    public const DType Long = DType.Int64;

    /// <summary>Half precision.</summary>
    [Counterpart("half")]
    public const DType Half = DType.Float16;

    /// <summary>Single precision.</summary>
    [Counterpart("float")]
    public const DType Float = DType.Float32;

    /// <summary>Double precision.</summary>
    [Counterpart("double")]
    public const DType Double = DType.Float64;

    /// <summary>Truth value.</summary>
    [Counterpart("bool")]
    public const DType Bool = DType.Bool;

    /// <summary>The CPU.</summary>
    [Counterpart("CPU")]
    public static readonly Device Cpu = Runtime.Device.Cpu;

    private static readonly Nothing NothingToEnd = new();

    /// <summary>Opens a scope: tensors made until it is disposed give their memory back then.</summary>
    [Counterpart("NewDisposeScope")]
    public static TensorScope NewDisposeScope() => TensorScope.Open();

    /// <summary>Without effect: there is no gradient.</summary>
    [Counterpart("no_grad")]
    public static IDisposable NoGrad() => NothingToEnd;

    /// <summary>Without effect: there is no gradient.</summary>
    [Counterpart("inference_mode")]
    public static IDisposable InferenceMode(bool mode = true) => NothingToEnd;

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
