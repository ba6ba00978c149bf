namespace Reparam.Runtime;

/// <summary>Kinds of devices that TorchSharp knows. Here everything runs on the processor, whichever is named.</summary>
[Counterpart("TorchSharp.DeviceType")]
public enum DeviceType
{
    /// <summary>The processor.</summary>
    [Counterpart("CPU")]
    CPU = 0,

    /// <summary>A graphics processor by CUDA.</summary>
    [Counterpart("CUDA")]
    CUDA = 1,

    /// <summary>A graphics processor by Metal.</summary>
    [Counterpart("MPS")]
    MPS = 13,

    /// <summary>No device: shapes without values.</summary>
    [Counterpart("META")]
    META = 14,
}
