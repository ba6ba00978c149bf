namespace Reparam.Checkpoints.Packed;

/// <summary>What a list of coded weights shows of one; a format leaves out what it has no word for.</summary>
public sealed record PackedSummary
{
    /// <summary>Bits of a weight before scales and tables: <c>3</c>.</summary>
    public string Bits { get; init; } = "-";

    /// <summary>Weights that share scales or a choice: <c>128</c>.</summary>
    public string Group { get; init; } = "-";

    /// <summary>What kind of scales there are: <c>free</c>.</summary>
    public string Scales { get; init; } = "-";
}
