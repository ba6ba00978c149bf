namespace Reparam.Runtime;

/// <content>Devices and switches of training. There is one device, the processor, and no gradient.</content>
public static partial class Torch
{
    /// <summary>The name of a graphics processor; what is sent there stays on the processor.</summary>
    [Counterpart("CUDA")]
    public static readonly Device Cuda = new(DeviceType.CUDA, 0);

    /// <summary>The name of a graphics processor; what is sent there stays on the processor.</summary>
    [Counterpart("MPS")]
    public static readonly Device Mps = new(DeviceType.MPS, 0);

    /// <summary>The name of the device of shapes without values; what is sent there stays on the processor.</summary>
    [Counterpart("META")]
    public static readonly Device Meta = new(DeviceType.META);

    /// <summary>A device by its description.</summary>
    [Counterpart("device")]
    public static Device Device(string description) => new(description);

    /// <summary>A device by the description of its kind and its number.</summary>
    [Counterpart("device")]
    public static Device Device(string deviceType, int index = -1) => new(new Device(deviceType).Type, index);

    /// <summary>A device by its kind and number.</summary>
    [Counterpart("device")]
    public static Device Device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>A graphics processor by its number.</summary>
    [Counterpart("device")]
    public static Device Device(int index) => new(DeviceType.CUDA, index);

    /// <summary>The processor.</summary>
    [Counterpart("get_default_device")]
    public static Device GetDefaultDevice() => Cpu;

    /// <summary>Without effect: there is one device.</summary>
    [Counterpart("set_default_device")]
    public static void SetDefaultDevice(Device device)
    {
    }

    /// <summary>Single precision.</summary>
    [Counterpart("get_default_dtype")]
    public static DType GetDefaultDtype() => DType.Float32;

    /// <summary>False: everything runs on the processor.</summary>
    [Counterpart("cuda_is_available")]
    public static bool CudaIsAvailable() => false;

    /// <summary>True for the processor: there is no other device to prepare.</summary>
    [Counterpart("TryInitializeDeviceType")]
    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType == DeviceType.CPU;

    /// <summary>Without effect: there is one device.</summary>
    [Counterpart("InitializeDeviceType")]
    public static void InitializeDeviceType(DeviceType deviceType)
    {
    }

    /// <summary>The device itself.</summary>
    [Counterpart("InitializeDevice")]
    public static Device InitializeDevice(Device? device) => device ?? Cpu;

    /// <summary>Without effect: there is no gradient.</summary>
    [Counterpart("enable_grad")]
    public static IDisposable EnableGrad(bool enabled = true) => NothingToEnd;

    /// <summary>Without effect: there is no gradient.</summary>
    [Counterpart("set_grad_enabled")]
    public static IDisposable SetGradEnabled(bool mode = true) => NothingToEnd;

    /// <summary>False: there is no gradient.</summary>
    [Counterpart("is_grad_enabled")]
    public static bool IsGradEnabled() => false;

    /// <summary>True: nothing is trained here.</summary>
    [Counterpart("is_inference_mode_enabled")]
    public static bool IsInferenceModeEnabled() => true;
}
