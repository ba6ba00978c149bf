using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="CodebookMatrix"/>.</summary>
public sealed record CodebookSpec : TableSpec
{
    /// <summary>Stride and span of each stage as <c>4:4,4:8,8:16</c>.</summary>
    public required string Stages { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override TensorInfo TableInfo => new(Table, DType.I8, [CodebookSet.EntriesOf(CodebookStage.Parse(Stages)!)]);

    internal static CodebookSpec Of(string weight, string method, ImmutableArray<long> shape, DType sourceType, CodebookMatrix matrix) => new()
    {
        Method = method,
        Shape = shape,
        DType = sourceType,
        Layout = PackedLayout.Codebook,
        Bits = matrix.Bits,
        ScaleExponent = matrix.ScaleExponent,
        Stages = CodebookStage.Format(matrix.Set.Stages),
        SuperRows = matrix.SuperRows,
        SuperColumns = matrix.SuperColumns,
        Step = matrix.Set.Step,
        Table = weight + PackedFormat.TableSuffix,
    };

    internal override ImmutableArray<TensorInfo> Parts(string weight) =>
    [
        new(weight + PackedFormat.IndicesSuffix, DType.U8, [CodebookMatrix.IndexBytes(Rows, Columns, CodebookStage.Parse(Stages)!)]),
        SuperScalesInfo(weight),
    ];

    internal override CodebookMatrix Read(ICheckpoint checkpoint, string weight)
    {
        var set = new CodebookSet(CodebookStage.Parse(Stages)!, Step, checkpoint.ReadArray<sbyte>(Table));
        return new CodebookMatrix(
            Rows, Columns, set, SuperRows, SuperColumns, ScaleExponent,
            checkpoint.ReadArray<byte>(weight + PackedFormat.IndicesSuffix),
            checkpoint.ReadArray<Half>(weight + PackedFormat.SuperScalesSuffix));
    }

    internal override void Write(SafetensorsWriter file, string weight, CodedMatrix matrix)
    {
        var codebook = (CodebookMatrix)matrix;
        var parts = Parts(weight);
        file.Add(parts[0].Name, parts[0].Shape.AsSpan(), codebook.Indices);
        file.Add(parts[1].Name, parts[1].Shape.AsSpan(), codebook.SuperScales);
    }

    private protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("stages", Stages);
        base.WriteMembers(json);
    }

    private protected override string? LayoutProblem()
    {
        if (CodebookStage.Parse(Stages) is not { } stages)
        {
            return $"found stages '{Stages}', expected strides and spans such as '4:4,4:8,8:16'";
        }

        if (CodebookSet.Problem(stages) is { } problem)
        {
            return $"found stages '{Stages}': {problem}";
        }

        var planes = stages.Count(static stage => stage.IsPlane);
        if (planes != Bits)
        {
            return $"found bits {Bits}, expected {planes}, the number of stages with stride {CodebookStage.PlaneStride}";
        }

        return StepProblem() ?? SuperScaleProblem(stages[^1].Stride);
    }
}
