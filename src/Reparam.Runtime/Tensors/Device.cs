namespace Reparam.Runtime;

/// <summary>
/// Where a tensor lives. Everything runs on the processor: a device of another kind only keeps its name, so that code that passes devices on, or asks for
/// them, is translated.
/// </summary>
[Counterpart("TorchSharp.torch+Device")]
public sealed class Device
{
    /// <summary>A device by its description: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>mps</c>, <c>meta</c>.</summary>
    /// <exception cref="ArgumentException">It describes no device.</exception>
    [Counterpart(".ctor")]
    public Device(string description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var colon = description.IndexOf(':', StringComparison.Ordinal);
        var index = -1;
        if (!Enum.TryParse<DeviceType>(colon < 0 ? description : description[..colon], true, out var type)
            || (colon >= 0 && !int.TryParse(description[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture, out index)))
        {
            throw new ArgumentException($"'{description}' describes no device: cpu, cuda, mps or meta is expected, perhaps with an index as in cuda:0.");
        }

        (Type, Index) = (type, index);
    }

    /// <summary>A device by its kind.</summary>
    public Device(DeviceType type, int index = -1) => (Type, Index) = (type, index);

    /// <summary>The CPU.</summary>
    public static Device Cpu { get; } = new(DeviceType.CPU);

    /// <summary>Kind of the device.</summary>
    [Counterpart("type")]
    public DeviceType Type { get; }

    /// <summary>Number of the device among those of its kind; −1 for the current one.</summary>
    [Counterpart("index")]
    public int Index { get; }

    /// <summary>A device by its description.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Device(string description) => new(description);

    /// <inheritdoc/>
    [Counterpart("ToString")]
    public override string ToString() => Type.ToString().ToLowerInvariant() + (Index < 0 ? string.Empty : $":{Index}");
}
