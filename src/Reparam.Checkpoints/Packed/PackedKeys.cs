using System.Collections.Immutable;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>Version of the packed file and names of its metadata entries (docs/formats/packed.md).</summary>
public static class PackedKeys
{
    /// <summary>The version that this library reads and writes.</summary>
    public const string Version = "1";

    /// <summary>Metadata entry with the version; its presence makes a safetensors file a packed file.</summary>
    public const string FormatKey = "reparam.format";

    /// <summary>Metadata entry with the coded layers.</summary>
    public const string LayersKey = "reparam.layers";

    /// <summary>Metadata entry with the SHA-256 of the source checkpoint.</summary>
    public const string SourceKey = "reparam.source";

    /// <summary>Metadata entry with the version of the writer.</summary>
    public const string ToolKey = "reparam.tool";

    /// <summary>Metadata entry with the check values.</summary>
    public const string CanaryKey = "reparam.canary";

    /// <summary>The metadata entries that the writer sets itself.</summary>
    public static ImmutableArray<string> ReservedKeys { get; } =
        [FormatKey, LayersKey, SourceKey, ToolKey, CanaryKey, ContentChecksum.TensorsKey, ContentChecksum.HeaderKey];
}
