using System.Text.Json;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a weight that is decoded with a table of small integers, in units of a super-scale that a block of it shares.</summary>
public abstract record TableSpec : PackedLayerSpec
{
    /// <summary>Rows of a block that shares a super-scale.</summary>
    public required int SuperRows { get; init; }

    /// <summary>Columns of that block: in the nested layout a multiple of 16, in the codebook layout of the largest stride.</summary>
    public required int SuperColumns { get; init; }

    /// <summary>Value of one unit of the table, relative to the super-scale.</summary>
    public required float Step { get; init; }

    /// <summary>Name of the tensor with the table.</summary>
    public required string Table { get; init; }

    /// <summary>The tensor with the super-scales.</summary>
    private protected TensorInfo SuperScalesInfo(string weight) => new(
        weight + PackedFormat.SuperScalesSuffix, DType.F16, [CodedMatrix.DivideUp(Rows, SuperRows), CodedMatrix.DivideUp(Columns, SuperColumns)]);

    internal override PackedLayerSpec WithTable(string name) => this with { Table = name };

    private protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("superRows", SuperRows);
        json.WriteNumber("superColumns", SuperColumns);
        json.WriteNumber("step", Step);
        json.WriteString("table", Table);
    }

    /// <summary>What is wrong with the members above, or null.</summary>
    /// <param name="alignment">What <see cref="SuperColumns"/> must be a multiple of.</param>
    private protected string? SuperScaleProblem(int alignment) =>
        OutOfRange("superRows", SuperRows, 1, int.MaxValue) ??
        OutOfRange("superColumns", SuperColumns, alignment, int.MaxValue) ??
        (SuperColumns % alignment != 0 ? $"found superColumns {SuperColumns}, expected a multiple of {alignment}" : null);

    /// <summary>What is wrong with <see cref="Step"/>, or null.</summary>
    private protected string? StepProblem() =>
        Step > 0 && float.IsFinite(Step) ? null : FormattableString.Invariant($"found step {Step}, expected a finite number above 0");
}
