using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="UniformMatrix"/>.</summary>
public sealed record UniformSpec : PackedLayerSpec
{
    internal UniformSpec(UniformFormat format, CodedWeight weight, UniformMatrix matrix)
        : base(format, weight)
    {
        (Bits, GroupSize, Symmetric) = (matrix.Bits, matrix.GroupSize, matrix.IsSymmetric);
        (Activations, InputChannels) = matrix.Inputs is { } inputs ? (inputs.Bits, inputs.Channels) : (0, 0);
    }

    internal UniformSpec(UniformFormat format, CodedWeight weight, SpecMembers members)
        : base(format, weight)
    {
        (Bits, GroupSize, Symmetric) = (members.Int32("bits"), members.Int32("groupSize"), members.Boolean("symmetric"));
        if (members.Contains("activations"))
        {
            (Activations, InputChannels) = (members.Int32("activations"), members.Int32("inputChannels"));
            AreInputsGiven = true;
        }
    }

    /// <summary>Bits of a weight, 2 to 8.</summary>
    public int Bits { get; }

    /// <summary>Neighbouring columns that share a scale: a multiple of 8 below the columns; 0 for a whole row.</summary>
    public int GroupSize { get; }

    /// <summary>Whether all zero points are the middle, 2^(bits − 1), and none is stored.</summary>
    public bool Symmetric { get; }

    /// <summary>Bits that the layer's inputs are rounded to before the product, 2 to 8; 0 where they are not.</summary>
    public int Activations { get; }

    /// <summary>Scales of the inputs: 1, or one for each input channel (the weight's second dimension); 0 where inputs are not rounded.</summary>
    public int InputChannels { get; }

    /// <inheritdoc/>
    public override bool RoundsInputs => Activations != 0;

    private bool AreInputsGiven { get; }

    /// <summary>Groups of a row.</summary>
    private int Groups => GroupSize == 0 ? 1 : CodedMatrix.DivideUp(Columns, GroupSize);

    /// <inheritdoc/>
    public override ImmutableArray<TensorInfo> Parts(string weight)
    {
        var parts = ImmutableArray.CreateBuilder<TensorInfo>();
        parts.Add(new(weight + UniformFormat.CodesSuffix, DType.U8, [Rows, BitString.Bytes(Columns, Bits)]));
        parts.Add(new(weight + UniformFormat.ScalesSuffix, DType.F16, [Rows, Groups]));
        parts.Add(new(weight + UniformFormat.ExponentsSuffix, DType.I8, [Rows]));
        if (!Symmetric)
        {
            parts.Add(new(weight + UniformFormat.ZerosSuffix, DType.U8, [Rows, BitString.Bytes(Groups, Bits)]));
        }

        if (Activations != 0)
        {
            parts.Add(new(weight + UniformFormat.InputScaleSuffix, DType.F32, [InputChannels]));
            parts.Add(new(weight + UniformFormat.InputZeroSuffix, DType.U8, [InputChannels]));
        }

        return parts.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("bits", Bits);
        json.WriteNumber("groupSize", GroupSize);
        json.WriteBoolean("symmetric", Symmetric);
        if (Activations != 0)
        {
            json.WriteNumber("activations", Activations);
            json.WriteNumber("inputChannels", InputChannels);
        }
    }

    /// <inheritdoc/>
    protected override string? ProblemOfMembers() =>
        OutOfRange("bits", Bits, UniformMatrix.MinBits, UniformMatrix.MaxBits) ?? UniformMatrix.GroupProblem(GroupSize, Columns) ?? InputProblem();

    private string? InputProblem()
    {
        if (Activations == 0 && !AreInputsGiven)
        {
            return null;
        }

        var channels = Shape.Length > 1 ? Shape[1] : 1;
        return OutOfRange("activations", Activations, UniformMatrix.MinBits, UniformMatrix.MaxBits)
            ?? (InputChannels == 1 || InputChannels == channels
                ? null
                : $"found inputChannels {InputChannels}, expected 1 or the weight's {channels} input channels");
    }
}
