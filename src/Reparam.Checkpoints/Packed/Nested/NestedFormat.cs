using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// The format <c>nested</c>: sign planes; each 16 columns of a row choose a profile of scales from a table, under a scale for a larger block.
/// </summary>
public sealed class NestedFormat : PackedFormat<NestedSpec, NestedMatrix>
{
    /// <summary>Suffix of the tensor with the sign planes.</summary>
    public const string CodesSuffix = ".codes";

    /// <summary>Suffix of the tensor with the profiles' indices.</summary>
    public const string ProfilesSuffix = ".profiles";

    private NestedFormat()
        : base("nested")
    {
    }

    /// <summary>The format.</summary>
    public static NestedFormat Instance { get; } = new();

    /// <inheritdoc/>
    public override ImmutableArray<string> Suffixes => [CodesSuffix, ProfilesSuffix, TableSpec.SuperScalesSuffix, TableSpec.TableSuffix];

    /// <inheritdoc/>
    public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new NestedSpec(this, weight, members);

    /// <inheritdoc/>
    public override string? LostWeight(ICheckpoint checkpoint, string tensor)
    {
        if (!tensor.EndsWith(CodesSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        var (weight, info) = (tensor[..^CodesSuffix.Length], checkpoint.Info(tensor));
        return info.DType == DType.U8 && info.Shape.Length == 3 && checkpoint.Contains(weight + TableSpec.SuperScalesSuffix) ? weight : null;
    }

    /// <inheritdoc/>
    protected override NestedSpec SpecOf(CodedWeight weight, NestedMatrix matrix) => new(this, weight, matrix);

    /// <inheritdoc/>
    protected override NestedMatrix Read(ICheckpoint checkpoint, string weight, NestedSpec spec)
    {
        var table = new ProfileTable(spec.Bits, spec.IndexBits, spec.Step, checkpoint.ReadArray<sbyte>(spec.Table));
        return new NestedMatrix(
            spec.Rows, spec.Columns, table, spec.SuperRows, spec.SuperColumns, spec.ScaleExponent,
            checkpoint.ReadArray<byte>(weight + CodesSuffix),
            checkpoint.ReadArray<byte>(weight + ProfilesSuffix),
            checkpoint.ReadArray<Half>(weight + TableSpec.SuperScalesSuffix));
    }

    /// <inheritdoc/>
    protected override void Write(SafetensorsWriter file, string weight, NestedSpec spec, NestedMatrix matrix)
    {
        var parts = spec.Parts(weight);
        file.Add(parts[0].Name, parts[0].Shape.AsSpan(), matrix.Codes);
        file.Add(parts[1].Name, parts[1].Shape.AsSpan(), matrix.Profiles);
        file.Add(parts[2].Name, parts[2].Shape.AsSpan(), matrix.SuperScales);
    }

    /// <inheritdoc/>
    protected override string? Problem(NestedMatrix matrix) => NestedCanonicalForm.Problem(matrix);

    /// <inheritdoc/>
    protected override PackedSummary Describe(NestedSpec spec) => new()
    {
        Bits = spec.Bits.ToString(CultureInfo.InvariantCulture),
        Group = NestedMatrix.GroupSize.ToString(CultureInfo.InvariantCulture),
        Scales = string.Create(CultureInfo.InvariantCulture, $"{1L << spec.IndexBits:N0} profiles, {spec.SuperRows:N0} × {spec.SuperColumns:N0}"),
    };
}
