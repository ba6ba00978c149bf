using System;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Analyzers;

/// <summary>The values that <c>[ReparamRange]</c> allows.</summary>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="MultipleOf">The value is a multiple of this; 0 asks for nothing.</param>
/// <param name="WithinLayerRank">The value is a rank.</param>
internal sealed record ValueRange(double Minimum, double Maximum, int MultipleOf, bool WithinLayerRank)
{
    /// <summary>The range stated on a constructor parameter or property of an attribute; null if none is.</summary>
    public static ValueRange? Of(ISymbol symbol)
    {
        if (symbol.Attribute(MetadataNames.ReparamRange) is not { ConstructorArguments: { Length: 2 } bounds } attribute)
        {
            return null;
        }

        return new ValueRange(
            Convert.ToDouble(bounds[0].Value, CultureInfo.InvariantCulture),
            Convert.ToDouble(bounds[1].Value, CultureInfo.InvariantCulture),
            attribute.NamedArguments.FirstOrDefault(a => a.Key == nameof(MultipleOf)).Value.Value as int? ?? 0,
            attribute.NamedArguments.FirstOrDefault(a => a.Key == nameof(WithinLayerRank)).Value.Value is true);
    }

    /// <summary>True if the value is not allowed; of NaN always.</summary>
    public bool Refuses(double value) => !(value >= Minimum && value <= Maximum) || (MultipleOf > 0 && value % MultipleOf != 0);

    /// <summary>The allowed value nearest to another.</summary>
    public double Nearest(double value)
    {
        if (double.IsNaN(value))
        {
            return Minimum;
        }

        var inside = Math.Min(Math.Max(value, Minimum), Maximum);
        return MultipleOf > 0 ? Math.Min(Math.Round(inside / MultipleOf, MidpointRounding.AwayFromZero) * MultipleOf, Maximum) : inside;
    }

    /// <summary>The range in words.</summary>
    public string Describe()
    {
        var multiple = MultipleOf > 0 ? $"a multiple of {MultipleOf.ToString(CultureInfo.InvariantCulture)} " : "";
        return Maximum >= int.MaxValue ? $"{multiple}at least {Text(Minimum)}" : $"{multiple}from {Text(Minimum)} to {Text(Maximum)}";
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
