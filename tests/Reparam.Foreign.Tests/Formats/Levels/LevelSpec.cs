using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;

namespace Reparam.Foreign.Tests.Formats.Levels;

internal sealed record LevelSpec : PackedLayerSpec
{
    public LevelSpec(LevelFormat format, CodedWeight weight, string table)
        : base(format, weight) => Table = table;

    public string Table { get; private init; }

    public override TensorInfo TableInfo => new(Table, DType.F32, [256]);

    public override ImmutableArray<TensorInfo> Parts(string weight) => [new(weight + ".levels", DType.U8, [Rows, Columns])];

    public override PackedLayerSpec WithTable(string name) => this with { Table = name };

    public override void WriteMembers(Utf8JsonWriter json) => json.WriteString("table", Table);

    protected override string? ProblemOfMembers() => null;
}
