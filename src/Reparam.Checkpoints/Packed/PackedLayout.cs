using System.Text.Json.Serialization;

namespace Reparam.Checkpoints.Packed;

/// <summary>Which weights of a coded matrix share what; docs/formats/packed.md.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PackedLayout>))]
public enum PackedLayout
{
    /// <summary>Sign planes; neighbouring columns of one row share a set of scales.</summary>
    [JsonStringEnumMemberName("row")]
    Row,

    /// <summary>Sign planes; neighbouring rows of one column share a set of scales.</summary>
    [JsonStringEnumMemberName("column")]
    Column,

    /// <summary>Sign planes; a block of eight columns and a slice of rows shares a set of scales.</summary>
    [JsonStringEnumMemberName("block8")]
    Block8,

    /// <summary>Sign planes; each 16 columns of a row choose a profile of scales from a table, under a scale for a larger block.</summary>
    [JsonStringEnumMemberName("nested")]
    Nested,

    /// <summary>Indices of learned vectors that overlap, under a scale for a larger block.</summary>
    [JsonStringEnumMemberName("codebook")]
    Codebook,
}
