using System.Collections.Immutable;
using System.Globalization;

namespace Reparam.Compression.Plans;

/// <summary>A tensor that a marked class adds to a state dict.</summary>
public sealed record ManifestTensor
{
    /// <summary>Its name below the class; <c>*</c> stands for the indices of a list.</summary>
    public required string Path { get; init; }

    /// <summary>True for a tensor that is stored and not trained.</summary>
    public bool Buffer { get; init; }

    /// <summary>Whether every object of the class has it, for <c>*</c> every element.</summary>
    public bool Required { get; init; }

    /// <summary>Its dimensions, null where the source does not tell one; the default array where it does not even tell their number.</summary>
    public ImmutableArray<long?> Shape { get; init; }

    /// <summary>Whether a tensor can have this place. Dimensions that are not known fit all.</summary>
    /// <param name="shape">The stored dimensions.</param>
    public bool Takes(ImmutableArray<long> shape) => Shape.IsDefault
        || (Shape.Length == shape.Length && Shape.Zip(shape).All(pair => pair.First is null || pair.First == pair.Second));

    /// <summary>The dimensions as a text, <c>?</c> for one that is not known.</summary>
    public string DescribeShape()
    {
        var dimensions = (Shape.IsDefault ? [] : Shape).Select(dimension => dimension?.ToString(CultureInfo.InvariantCulture) ?? "?");
        return $"[{string.Join(", ", dimensions)}]";
    }
}
