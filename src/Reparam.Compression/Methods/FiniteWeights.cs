using System.Runtime.Intrinsics;

namespace Reparam.Compression.Methods;

/// <summary>Requires that weights are finite before a method sees them.</summary>
internal static class FiniteWeights
{
    /// <summary>Looks at every weight.</summary>
    /// <exception cref="NonFiniteWeightException">One is NaN or infinite: the first of them is named.</exception>
    public static void Require(string tensor, ReadOnlySpan<float> weights)
    {
        // x − x is 0 for finite numbers and NaN for all others.
        var sum = Vector512<float>.Zero;
        var k = 0;
        for (; k + Vector512<float>.Count <= weights.Length; k += Vector512<float>.Count)
        {
            var values = Vector512.Create(weights[k..]);
            sum += values - values;
        }

        if (sum == Vector512<float>.Zero && AreFinite(weights[k..]))
        {
            return;
        }

        for (var i = 0; i < weights.Length; i++)
        {
            if (!float.IsFinite(weights[i]))
            {
                throw new NonFiniteWeightException(tensor, i, weights[i]);
            }
        }
    }

    private static bool AreFinite(ReadOnlySpan<float> weights)
    {
        foreach (var weight in weights)
        {
            if (!float.IsFinite(weight))
            {
                return false;
            }
        }

        return true;
    }
}
