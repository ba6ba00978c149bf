using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;

namespace Reparam.Foreign.Tests.Formats.Signs;

internal sealed record SignSpec : PackedLayerSpec
{
    public SignSpec(SignFormat format, CodedWeight weight, float scale)
        : base(format, weight) => Scale = scale;

    public float Scale { get; }

    public override ImmutableArray<TensorInfo> Parts(string weight) => [new(weight + SignFormat.SignsSuffix, DType.U8, [Rows, (Columns + 7) / 8])];

    public override void WriteMembers(Utf8JsonWriter json) => json.WriteNumber("scale", Scale);

    protected override string? ProblemOfMembers() => float.IsFinite(Scale) && Scale >= 0 ? null : $"found scale {Scale}, expected a finite number from 0 up";
}
