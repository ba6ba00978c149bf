using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// The format <c>uniform</c>: integers of 2 to 8 bits on an evenly spaced grid, with a scale and, if need be, a zero point for each group of neighbouring
/// inputs.
/// </summary>
public sealed class UniformFormat : PackedFormat<UniformSpec, UniformMatrix>
{
    /// <summary>Suffix of the tensor with the integers.</summary>
    public const string CodesSuffix = ".codes";

    /// <summary>Suffix of the tensor with the groups' scales.</summary>
    public const string ScalesSuffix = ".scales";

    /// <summary>Suffix of the tensor with the rows' exponents.</summary>
    public const string ExponentsSuffix = ".exponents";

    /// <summary>Suffix of the tensor with the groups' zero points.</summary>
    public const string ZerosSuffix = ".zeros";

    /// <summary>Suffix of the tensor with the scales of quantized inputs.</summary>
    public const string InputScaleSuffix = ".inputscale";

    /// <summary>Suffix of the tensor with the zero points of quantized inputs.</summary>
    public const string InputZeroSuffix = ".inputzero";

    private UniformFormat()
        : base("uniform")
    {
    }

    /// <summary>The format.</summary>
    public static UniformFormat Instance { get; } = new();

    /// <inheritdoc/>
    public override ImmutableArray<string> Suffixes => [CodesSuffix, ScalesSuffix, ExponentsSuffix, ZerosSuffix, InputScaleSuffix, InputZeroSuffix];

    /// <inheritdoc/>
    public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new UniformSpec(this, weight, members);

    /// <inheritdoc/>
    public override string? LostWeight(ICheckpoint checkpoint, string tensor)
    {
        if (!tensor.EndsWith(CodesSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        var (weight, info) = (tensor[..^CodesSuffix.Length], checkpoint.Info(tensor));
        return info.DType == DType.U8 && info.Shape.Length == 2 && checkpoint.Contains(weight + ScalesSuffix) && checkpoint.Contains(weight + ExponentsSuffix)
            ? weight
            : null;
    }

    /// <inheritdoc/>
    protected override UniformSpec SpecOf(CodedWeight weight, UniformMatrix matrix) => new(this, weight, matrix);

    /// <inheritdoc/>
    protected override UniformMatrix Read(ICheckpoint checkpoint, string weight, UniformSpec spec) =>
        Read(checkpoint, weight, spec, checkpoint.ReadArray<byte>(weight + CodesSuffix));

    /// <inheritdoc/>
    protected override UniformMatrix ReadLazily(ICheckpoint checkpoint, string weight, UniformSpec spec) =>
        Read(checkpoint, weight, spec, checkpoint.ReadArrayLazily<byte>(weight + CodesSuffix));

    /// <inheritdoc/>
    protected override void Write(SafetensorsWriter file, string weight, UniformSpec spec, UniformMatrix matrix)
    {
        foreach (var part in spec.Parts(weight))
        {
            var shape = part.Shape.AsSpan();
            switch (part.Name[weight.Length..])
            {
                case CodesSuffix:
                    file.Add(part.Name, shape, matrix.Codes);
                    break;
                case ScalesSuffix:
                    file.Add(part.Name, shape, matrix.Scales);
                    break;
                case ExponentsSuffix:
                    file.Add(part.Name, shape, matrix.Exponents);
                    break;
                case ZerosSuffix:
                    file.Add(part.Name, shape, matrix.ZeroPoints);
                    break;
                case InputScaleSuffix:
                    file.Add(part.Name, shape, matrix.Inputs!.Scales);
                    break;
                default:
                    file.Add(part.Name, shape, matrix.Inputs!.ZeroPoints);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    protected override string? Problem(UniformMatrix matrix) => UniformCanonicalForm.Problem(matrix);

    /// <inheritdoc/>
    protected override string? ProblemOfLazy(UniformMatrix matrix) => UniformCanonicalForm.ProblemOfGrids(matrix);

    /// <inheritdoc/>
    protected override PackedSummary Describe(UniformSpec spec) => new()
    {
        Bits = string.Create(CultureInfo.InvariantCulture, $"{spec.Bits}{(spec.Activations == 0 ? "" : $", inputs {spec.Activations}")}"),
        Group = spec.GroupSize == 0 ? "row" : spec.GroupSize.ToString("N0", CultureInfo.InvariantCulture),
        Scales = spec.Symmetric ? "symmetric" : "zero points",
    };

    private static UniformMatrix Read(ICheckpoint checkpoint, string weight, UniformSpec spec, ReadOnlyMemory<byte> codes) => new(
        spec.Rows, spec.Columns, spec.Bits, spec.GroupSize, codes,
        checkpoint.ReadArray<Half>(weight + ScalesSuffix),
        checkpoint.ReadArray<sbyte>(weight + ExponentsSuffix),
        spec.Symmetric ? [] : checkpoint.ReadArray<byte>(weight + ZerosSuffix),
        spec.Activations == 0
            ? null
            : new UniformInputs(
                spec.Activations, checkpoint.ReadArray<float>(weight + InputScaleSuffix), checkpoint.ReadArray<byte>(weight + InputZeroSuffix)));
}
