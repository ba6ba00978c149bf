using System.Collections.Immutable;
using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Packed;

/// <summary>The input maps that a dense weight may have.</summary>
internal static class DenseInputMaps
{
    private const string WeightName = "weight";

    private static readonly ImmutableArray<DenseInputMap> All = [new UniformInputMap()];

    /// <summary>The map of a weight, with the names of its state in the checkpoint; null if it has none.</summary>
    /// <param name="weight">Name of the weight.</param>
    /// <param name="contains">Whether the checkpoint has a tensor.</param>
    public static (DenseInputMap Map, string[] State)? Find(string weight, Func<string, bool> contains)
    {
        if (!weight.EndsWith(WeightName, StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var map in All)
        {
            string[] names = [.. map.StateNames.Select(name => weight[..^WeightName.Length] + name)];
            if (Array.TrueForAll(names, name => contains(name)))
            {
                return (map, names);
            }
        }

        return null;
    }
}
