using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a weight that is decoded with a table of small integers, in units of a super-scale that a block of it shares.</summary>
public abstract record TableSpec : PlanesSpec
{
    /// <summary>Suffix of the table's tensor behind the name of the first weight that uses it.</summary>
    public const string TableSuffix = ".table";

    /// <summary>Suffix of the tensor with super-scales.</summary>
    public const string SuperScalesSuffix = ".superscales";

    private protected TableSpec(PackedFormat format, CodedWeight weight, PlanesMatrix matrix, int superRows, int superColumns, float step)
        : base(format, weight, matrix) => (SuperRows, SuperColumns, Step, Table) = (superRows, superColumns, step, weight.Name + TableSuffix);

    private protected TableSpec(PackedFormat format, CodedWeight weight, SpecMembers members)
        : base(format, weight, members) =>
        (SuperRows, SuperColumns, Step, Table) = (members.Int32("superRows"), members.Int32("superColumns"), members.Single("step"), members.Text("table"));

    /// <summary>Rows of a block that shares a super-scale.</summary>
    public int SuperRows { get; }

    /// <summary>Columns of that block: in nested profiles a multiple of 16, in codebooks of the largest stride.</summary>
    public int SuperColumns { get; }

    /// <summary>Value of one unit of the table, relative to the super-scale.</summary>
    public float Step { get; }

    /// <summary>Name of the tensor with the table.</summary>
    public string Table { get; private init; }

    /// <inheritdoc/>
    public sealed override PackedLayerSpec WithTable(string name) => this with { Table = name };

    /// <summary>The tensor with the super-scales.</summary>
    private protected TensorInfo SuperScalesInfo(string weight) => new(
        weight + SuperScalesSuffix, DType.F16, [CodedMatrix.DivideUp(Rows, SuperRows), CodedMatrix.DivideUp(Columns, SuperColumns)]);

    /// <summary>Writes the members above, behind those of the format.</summary>
    private protected void WriteTableMembers(Utf8JsonWriter json)
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
