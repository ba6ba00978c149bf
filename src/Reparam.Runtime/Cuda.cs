namespace Reparam.Runtime;

/// <summary>Questions about graphics processors. Everything runs on the processor.</summary>
[Counterpart("TorchSharp.torch+cuda")]
public static class Cuda
{
    /// <summary>False: everything runs on the processor.</summary>
    [Counterpart("is_available")]
    public static bool IsAvailable() => false;

    /// <summary>False: everything runs on the processor.</summary>
    [Counterpart("is_cudnn_available")]
    public static bool IsCudnnAvailable() => false;

    /// <summary>0: everything runs on the processor.</summary>
    [Counterpart("device_count")]
    public static int DeviceCount() => 0;

    /// <summary>Without effect: nothing is drawn on another device.</summary>
    [Counterpart("manual_seed")]
    public static void ManualSeed(long seed)
    {
    }

    /// <summary>Without effect: nothing is drawn on another device.</summary>
    [Counterpart("manual_seed_all")]
    public static void ManualSeedAll(long seed)
    {
    }

    /// <summary>Without effect: every operation has ended when it returns.</summary>
    [Counterpart("synchronize")]
    public static void Synchronize(Device? device = null)
    {
    }
}
