using Reparam.Checkpoints;

namespace Reparam.Merging.Tests;

/// <summary>Numbers for tests, and what is expected of them.</summary>
internal static class Vectors
{
    /// <summary>Sizes at the borders of the engine's blocks, and small ones.</summary>
    public static readonly int[] Sizes = [0, 1, 2, 3, 7, 31, 257, (1 << 15) - 1, 1 << 15, (1 << 15) + 1, (3 << 15) + 5];

    /// <summary>The same normally distributed numbers for the same seed; as floats where <paramref name="dtype"/> has no more.</summary>
    public static double[] Gaussian(int count, int seed, DType dtype = DType.F64, double scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count)
            .Select(_ => scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))
            .Select(value => dtype == DType.F64 ? value : (float)value)];
    }

    /// <summary>Requires equality up to a part of the largest value.</summary>
    public static void Near(double[] expected, double[] found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        var scale = expected.Append(1e-300).Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * scale, $"element {i}: expected {expected[i]:R}, found {found[i]:R}");
        }
    }
}
