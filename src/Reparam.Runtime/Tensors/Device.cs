namespace Reparam.Runtime;

/// <summary>Where a tensor lives. There is one device, the CPU; the type is here so that forwards that pass a device on are translated.</summary>
[Counterpart("TorchSharp.torch+Device")]
public sealed class Device
{
    private Device()
    {
    }

    /// <summary>The CPU.</summary>
    public static Device Cpu { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => "cpu";
}
