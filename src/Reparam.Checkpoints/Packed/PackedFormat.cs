using System.Collections.Immutable;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>Names of the packed format (docs/formats/packed.md).</summary>
public static class PackedFormat
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

    /// <summary>Name of the method whose layers are coded matrices.</summary>
    public const string ShiftAdd = "shiftadd";

    /// <summary>Suffix of the tensor with the sign planes.</summary>
    public const string CodesSuffix = ".codes";

    /// <summary>Suffix of the tensor with free scales.</summary>
    public const string ScalesSuffix = ".scales";

    /// <summary>Suffix of the tensor with power-of-two terms.</summary>
    public const string TermsSuffix = ".terms";

    /// <summary>Suffix of the tensor with the indices of nested profiles.</summary>
    public const string ProfilesSuffix = ".profiles";

    /// <summary>Suffix of the tensor with the indices of overlapped codebooks.</summary>
    public const string IndicesSuffix = ".indices";

    /// <summary>Suffix of the tensor with super-scales.</summary>
    public const string SuperScalesSuffix = ".superscales";

    /// <summary>Suffix of a table's tensor behind the name of the first weight that uses it.</summary>
    public const string TableSuffix = ".table";

    /// <summary>The metadata entries that the writer sets itself.</summary>
    public static ImmutableArray<string> ReservedKeys { get; } =
        [FormatKey, LayersKey, SourceKey, ToolKey, CanaryKey, ContentChecksum.TensorsKey, ContentChecksum.HeaderKey];

    /// <summary>Methods that this version knows.</summary>
    public static ImmutableArray<string> Methods { get; } = [ShiftAdd];

    /// <summary>Layouts that this version knows.</summary>
    public static ImmutableArray<PackedLayout> Layouts { get; } = [.. Enum.GetValues<PackedLayout>().Where(layout => PackedLayerSpec.TypeOf(layout) is not null)];

    /// <summary>All suffixes of parts.</summary>
    internal static ImmutableArray<string> Suffixes { get; } = [CodesSuffix, ScalesSuffix, TermsSuffix, ProfilesSuffix, IndicesSuffix, SuperScalesSuffix, TableSuffix];
}
