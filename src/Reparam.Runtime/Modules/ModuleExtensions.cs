namespace Reparam.Runtime;

/// <summary>Moves and conversions of modules, without effect: everything lives on the processor, in the types that loading gives.</summary>
[Counterpart("TorchSharp.ModuleExtensionMethods")]
public static class ModuleExtensions
{
    /// <summary>Gives the module back.</summary>
    [Counterpart("to")]
    public static T To<T>(this T module, Device device, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("to")]
    public static T To<T>(this T module, Device device, DType type, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("to")]
    public static T To<T>(this T module, DType type, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("to")]
    public static T To<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("to")]
    public static T To<T>(this T module, string device, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("to")]
    public static T To<T>(this T module, Tensor other, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("cpu")]
    public static T Cpu<T>(this T module, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("cuda")]
    public static T Cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back.</summary>
    [Counterpart("float")]
    public static T Float<T>(this T module, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back: its weights stay in single precision.</summary>
    [Counterpart("half")]
    public static T Half<T>(this T module, bool non_blocking = false)
        where T : Module => module;

    /// <summary>Gives the module back: its weights stay in single precision.</summary>
    [Counterpart("bfloat16")]
    public static T BFloat16<T>(this T module, bool non_blocking = false)
        where T : Module => module;
}
