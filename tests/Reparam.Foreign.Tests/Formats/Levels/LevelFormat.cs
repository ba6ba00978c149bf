using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Foreign.Tests.Formats.Levels;

/// <summary>Indices of floats in a table that weights share.</summary>
internal sealed class LevelFormat() : PackedFormat<LevelSpec, LevelMatrix>("levels")
{
    public static LevelFormat Instance { get; } = new();

    public override ImmutableArray<string> Suffixes => [".levels", ".table"];

    public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new LevelSpec(this, weight, members.Text("table"));

    protected override LevelSpec SpecOf(CodedWeight weight, LevelMatrix matrix) => new(this, weight, weight.Name + ".table");

    protected override LevelMatrix Read(ICheckpoint checkpoint, string weight, LevelSpec spec) =>
        new(spec.Rows, spec.Columns, checkpoint.ReadArray<byte>(weight + ".levels"), checkpoint.ReadArray<float>(spec.Table));

    protected override void Write(SafetensorsWriter file, string weight, LevelSpec spec, LevelMatrix matrix) =>
        file.Add<byte>(weight + ".levels", [matrix.Rows, matrix.Columns], matrix.Indices);

    protected override string? Problem(LevelMatrix matrix) =>
        matrix.Decode().All(float.IsFinite) ? null : "found a level that is not finite";
}
