using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="NestedMatrix"/>.</summary>
public sealed record NestedSpec : TableSpec
{
    internal NestedSpec(NestedFormat format, CodedWeight weight, NestedMatrix matrix)
        : base(format, weight, matrix, matrix.SuperRows, matrix.SuperColumns, matrix.Table.Step) => IndexBits = matrix.Table.IndexBits;

    internal NestedSpec(NestedFormat format, CodedWeight weight, SpecMembers members)
        : base(format, weight, members) => IndexBits = members.Int32("indexBits");

    /// <summary>Bits of a profile's index: the table has 2^indexBits profiles.</summary>
    public int IndexBits { get; }

    /// <inheritdoc/>
    public override TensorInfo TableInfo => new(Table, DType.I8, [1L << IndexBits, Bits + 1]);

    /// <inheritdoc/>
    public override ImmutableArray<TensorInfo> Parts(string weight) =>
    [
        new(weight + NestedFormat.CodesSuffix, DType.U8, [Bits, Rows, CodedMatrix.DivideUp(Columns, 8)]),
        new(weight + NestedFormat.ProfilesSuffix, DType.U8, [NestedMatrix.ProfileBytes(Rows, Columns, IndexBits)]),
        SuperScalesInfo(weight),
    ];

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter json)
    {
        base.WriteMembers(json);
        json.WriteNumber("indexBits", IndexBits);
        WriteTableMembers(json);
    }

    /// <inheritdoc/>
    protected override string? ProblemOfMembers() =>
        base.ProblemOfMembers() ?? StepProblem() ?? OutOfRange("indexBits", IndexBits, 0, ProfileTable.MaxIndexBits)
            ?? SuperScaleProblem(NestedMatrix.GroupSize);
}
