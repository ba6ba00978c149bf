using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="CodebookMatrix"/>.</summary>
public sealed record CodebookSpec : TableSpec
{
    internal CodebookSpec(CodebookFormat format, CodedWeight weight, CodebookMatrix matrix)
        : base(format, weight, matrix, matrix.SuperRows, matrix.SuperColumns, matrix.Set.Step) => Stages = CodebookStage.Format(matrix.Set.Stages);

    internal CodebookSpec(CodebookFormat format, CodedWeight weight, SpecMembers members)
        : base(format, weight, members) => Stages = members.Text("stages");

    /// <summary>Stride and span of each stage as <c>4:4,4:8,8:16</c>.</summary>
    public string Stages { get; }

    /// <inheritdoc/>
    public override TensorInfo TableInfo => new(Table, DType.I8, [CodebookSet.EntriesOf(CodebookStage.Parse(Stages)!)]);

    /// <inheritdoc/>
    public override ImmutableArray<TensorInfo> Parts(string weight) =>
    [
        new(weight + CodebookFormat.IndicesSuffix, DType.U8, [CodebookMatrix.IndexBytes(Rows, Columns, CodebookStage.Parse(Stages)!)]),
        SuperScalesInfo(weight),
    ];

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter json)
    {
        base.WriteMembers(json);
        json.WriteString("stages", Stages);
        WriteTableMembers(json);
    }

    /// <inheritdoc/>
    protected override string? ProblemOfMembers()
    {
        if (base.ProblemOfMembers() is { } plain)
        {
            return plain;
        }

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
