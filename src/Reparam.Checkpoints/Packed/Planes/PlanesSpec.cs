using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="PlanesMatrix"/>.</summary>
public abstract record PlanesSpec : PackedLayerSpec
{
    /// <summary>Smallest <see cref="ScaleExponent"/>: that of the smallest float.</summary>
    public const int MinScaleExponent = -149;

    /// <summary>Largest <see cref="ScaleExponent"/>: that of the largest float.</summary>
    public const int MaxScaleExponent = 127;

    private protected PlanesSpec(PackedFormat format, CodedWeight weight, PlanesMatrix matrix)
        : base(format, weight) => (Bits, ScaleExponent) = (matrix.Bits, matrix.ScaleExponent);

    private protected PlanesSpec(PackedFormat format, CodedWeight weight, SpecMembers members)
        : base(format, weight) => (Bits, ScaleExponent) = (members.Int32("bits"), members.Int32("scaleExponent"));

    /// <summary>Number of planes, 1 to 4.</summary>
    public int Bits { get; }

    /// <summary>e: every weight is multiplied by 2^e.</summary>
    public int ScaleExponent { get; private init; }

    /// <inheritdoc/>
    public sealed override PackedLayerSpec Kind => (PlanesSpec)Form with { ScaleExponent = 0 };

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("bits", Bits);
        json.WriteNumber("scaleExponent", ScaleExponent);
    }

    /// <inheritdoc/>
    protected override string? ProblemOfMembers() =>
        OutOfRange("bits", Bits, 1, PlanesMatrix.MaxBits) ?? OutOfRange("scaleExponent", ScaleExponent, MinScaleExponent, MaxScaleExponent);
}
