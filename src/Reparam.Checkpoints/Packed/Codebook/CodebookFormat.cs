using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>The format <c>codebook</c>: indices of learned vectors that overlap, under a scale for a larger block.</summary>
public sealed class CodebookFormat : PackedFormat<CodebookSpec, CodebookMatrix>
{
    /// <summary>Suffix of the tensor with the indices.</summary>
    public const string IndicesSuffix = ".indices";

    private CodebookFormat()
        : base("codebook")
    {
    }

    /// <summary>The format.</summary>
    public static CodebookFormat Instance { get; } = new();

    /// <inheritdoc/>
    public override ImmutableArray<string> Suffixes => [IndicesSuffix, TableSpec.SuperScalesSuffix, TableSpec.TableSuffix];

    /// <inheritdoc/>
    public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new CodebookSpec(this, weight, members);

    /// <inheritdoc/>
    protected override CodebookSpec SpecOf(CodedWeight weight, CodebookMatrix matrix) => new(this, weight, matrix);

    /// <inheritdoc/>
    protected override CodebookMatrix Read(ICheckpoint checkpoint, string weight, CodebookSpec spec)
    {
        var set = new CodebookSet(CodebookStage.Parse(spec.Stages)!, spec.Step, checkpoint.ReadArray<sbyte>(spec.Table));
        return new CodebookMatrix(
            spec.Rows, spec.Columns, set, spec.SuperRows, spec.SuperColumns, spec.ScaleExponent,
            checkpoint.ReadArray<byte>(weight + IndicesSuffix),
            checkpoint.ReadArray<Half>(weight + TableSpec.SuperScalesSuffix));
    }

    /// <inheritdoc/>
    protected override void Write(SafetensorsWriter file, string weight, CodebookSpec spec, CodebookMatrix matrix)
    {
        var parts = spec.Parts(weight);
        file.Add(parts[0].Name, parts[0].Shape.AsSpan(), matrix.Indices);
        file.Add(parts[1].Name, parts[1].Shape.AsSpan(), matrix.SuperScales);
    }

    /// <inheritdoc/>
    protected override string? Problem(CodebookMatrix matrix) => CodebookCanonicalForm.Problem(matrix);

    /// <inheritdoc/>
    protected override PackedSummary Describe(CodebookSpec spec) => new()
    {
        Bits = spec.Bits.ToString(CultureInfo.InvariantCulture),
        Group = spec.Stages,
        Scales = string.Create(CultureInfo.InvariantCulture, $"vectors, {spec.SuperRows:N0} × {spec.SuperColumns:N0}"),
    };
}
