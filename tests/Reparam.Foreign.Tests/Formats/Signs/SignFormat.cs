using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Foreign.Tests.Formats.Signs;

/// <summary>Signs with one scale a tensor.</summary>
internal sealed class SignFormat() : PackedFormat<SignSpec, SignMatrix>("sign")
{
    public const string SignsSuffix = ".signs";

    public static SignFormat Instance { get; } = new();

    public override ImmutableArray<string> Suffixes => [SignsSuffix];

    public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new SignSpec(this, weight, members.Single("scale"));

    protected override SignSpec SpecOf(CodedWeight weight, SignMatrix matrix) => new(this, weight, matrix.Scale);

    protected override SignMatrix Read(ICheckpoint checkpoint, string weight, SignSpec spec) =>
        new(spec.Rows, spec.Columns, spec.Scale, checkpoint.ReadArray<byte>(weight + SignsSuffix));

    protected override SignMatrix ReadLazily(ICheckpoint checkpoint, string weight, SignSpec spec) =>
        new(spec.Rows, spec.Columns, spec.Scale, checkpoint.ReadArrayLazily<byte>(weight + SignsSuffix));

    protected override void Write(SafetensorsWriter file, string weight, SignSpec spec, SignMatrix matrix) =>
        file.Add(weight + SignsSuffix, [matrix.Rows, matrix.BytesPerRow], matrix.Signs);

    protected override string? Problem(SignMatrix matrix)
    {
        var used = matrix.Columns % 8;
        for (var row = 0; used != 0 && row < matrix.Rows; row++)
        {
            if (matrix.Signs.Span[((row + 1) * matrix.BytesPerRow) - 1] >> used != 0)
            {
                return $"found signs behind column {matrix.Columns - 1} in row {row}, expected zeros";
            }
        }

        return null;
    }

    protected override string? ProblemOfLazy(SignMatrix matrix) => null;

    protected override PackedSummary Describe(SignSpec spec) => new() { Bits = "1", Group = "tensor", Scales = "1" };

    public override string? LostWeight(ICheckpoint checkpoint, string tensor) =>
        tensor.EndsWith(SignsSuffix, StringComparison.Ordinal) && checkpoint.Info(tensor).DType == DType.U8 ? tensor[..^SignsSuffix.Length] : null;
}
