using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="NestedMatrix"/>.</summary>
public sealed record NestedSpec : TableSpec
{
    /// <summary>Bits of a profile's index: the table has 2^indexBits profiles.</summary>
    public required int IndexBits { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override TensorInfo TableInfo => new(Table, DType.I8, [1L << IndexBits, Bits + 1]);

    internal static NestedSpec Of(string weight, string method, ImmutableArray<long> shape, DType sourceType, NestedMatrix matrix) => new()
    {
        Method = method,
        Shape = shape,
        DType = sourceType,
        Layout = PackedLayout.Nested,
        Bits = matrix.Bits,
        ScaleExponent = matrix.ScaleExponent,
        IndexBits = matrix.Table.IndexBits,
        SuperRows = matrix.SuperRows,
        SuperColumns = matrix.SuperColumns,
        Step = matrix.Table.Step,
        Table = weight + PackedFormat.TableSuffix,
    };

    internal override ImmutableArray<TensorInfo> Parts(string weight) =>
    [
        new(weight + PackedFormat.CodesSuffix, DType.U8, [Bits, Rows, CodedMatrix.DivideUp(Columns, 8)]),
        new(weight + PackedFormat.ProfilesSuffix, DType.U8, [NestedMatrix.ProfileBytes(Rows, Columns, IndexBits)]),
        SuperScalesInfo(weight),
    ];

    internal override NestedMatrix Read(ICheckpoint checkpoint, string weight)
    {
        var table = new ProfileTable(Bits, IndexBits, Step, checkpoint.ReadArray<sbyte>(Table));
        return new NestedMatrix(
            Rows, Columns, table, SuperRows, SuperColumns, ScaleExponent,
            checkpoint.ReadArray<byte>(weight + PackedFormat.CodesSuffix),
            checkpoint.ReadArray<byte>(weight + PackedFormat.ProfilesSuffix),
            checkpoint.ReadArray<Half>(weight + PackedFormat.SuperScalesSuffix));
    }

    internal override void Write(SafetensorsWriter file, string weight, CodedMatrix matrix)
    {
        var nested = (NestedMatrix)matrix;
        var parts = Parts(weight);
        file.Add(parts[0].Name, parts[0].Shape.AsSpan(), nested.Codes);
        file.Add(parts[1].Name, parts[1].Shape.AsSpan(), nested.Profiles);
        file.Add(parts[2].Name, parts[2].Shape.AsSpan(), nested.SuperScales);
    }

    private protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("indexBits", IndexBits);
        base.WriteMembers(json);
    }

    private protected override string? LayoutProblem() =>
        StepProblem() ?? OutOfRange("indexBits", IndexBits, 0, ProfileTable.MaxIndexBits) ?? SuperScaleProblem(NestedMatrix.GroupSize);
}
