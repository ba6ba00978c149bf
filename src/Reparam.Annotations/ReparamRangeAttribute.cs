namespace Reparam;

/// <summary>
/// States the values that an attribute's argument may take. The compiler checks each use and reports RP0007 outside of it.
/// Written on a constructor parameter or a property of a method attribute.
/// </summary>
/// <param name="minimum">Smallest value allowed.</param>
/// <param name="maximum">Largest value allowed.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class ReparamRangeAttribute(double minimum, double maximum) : Attribute
{
    /// <summary>Smallest value allowed.</summary>
    public double Minimum { get; } = minimum;

    /// <summary>Largest value allowed.</summary>
    public double Maximum { get; } = maximum;

    /// <summary>The value must be a multiple of this; 0, the default, asks for nothing.</summary>
    public int MultipleOf { get; set; }

    /// <summary>True: the value is a rank, so it must not exceed the smaller side of the layer's weight seen as a matrix [out, rest].</summary>
    public bool WithinLayerRank { get; set; }
}
