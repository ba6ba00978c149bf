namespace Reparam.Runtime;

/// <summary>Functions on tensors, scopes and element types.</summary>
[Counterpart("TorchSharp.torch")]
public static partial class Torch
{
    /// <summary>Single precision.</summary>
    [Counterpart("float32")]
    public const DType Float32 = DType.Float32;

    /// <summary>64-bit integer.</summary>
    [Counterpart("int64")]
    public const DType Int64 = DType.Int64;

    /// <summary>Single precision.</summary>
    [Counterpart("float")]
    public const DType Float = DType.Float32;

    /// <summary>64-bit integer.</summary>
    [Counterpart("long")]
    public const DType Long = DType.Int64;

    /// <summary>Truth value.</summary>
    [Counterpart("bool")]
    public const DType Bool = DType.Bool;

    /// <summary>The CPU.</summary>
    [Counterpart("CPU")]
    public static readonly Device Cpu = Device.Cpu;

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
