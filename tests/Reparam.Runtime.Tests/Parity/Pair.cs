using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>The same tensor twice: TorchSharp's and ours. Operations are applied to both and the results compared.</summary>
internal sealed record Pair(torch.Tensor Theirs, Tensor Ours)
{
    private static readonly float[] UglyValues =
        [0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-40f, -1e-45f, 1e38f, -3e30f, 1e-20f, 1f, -1f, 0.5f, 2f, 88.8f, -104f];

    /// <summary>Shapes that break assumptions: none, empty, ones, primes, more than a vector.</summary>
    public static IEnumerable<long[]> OddShapes { get; } =
        [[], [0], [1], [7], [1, 1], [3, 5], [5, 1], [2, 0, 3], [2, 3, 5], [1, 4, 1, 3], [257], [17, 33], [2, 3, 2, 3, 2]];

    public static Pair Floats(long[] shape, int seed = 1, bool ugly = false, double scale = 1) =>
        Of(shape, FloatValues(Size(shape), seed, ugly, scale));

    public static Pair Of(long[] shape, float[] values) =>
        new(torch.tensor(values, shape), Torch.Tensor(values, (ReadOnlySpan<long>)shape));

    public static Pair Integers(long[] shape, int seed = 1, long low = -5, long high = 6)
    {
        var random = new Random(seed);
        return Of(shape, [.. Enumerable.Range(0, Size(shape)).Select(_ => random.NextInt64(low, high))]);
    }

    public static Pair Of(long[] shape, long[] values) =>
        new(torch.tensor(values, shape), Torch.Tensor(values, (ReadOnlySpan<long>)shape));

    public static Pair Bools(long[] shape, int seed = 1)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, Size(shape)).Select(_ => random.Next(2) == 1).ToArray();
        return new Pair(torch.tensor(values, shape), Torch.Tensor(values, (ReadOnlySpan<long>)shape));
    }

    /// <summary>A tensor of each type: 0 floats, 1 integers, 2 truth values.</summary>
    public static Pair OfType(int type, long[] shape, int seed) => type switch
    {
        0 => Floats(shape, seed),
        1 => Integers(shape, seed),
        _ => Bools(shape, seed),
    };

    /// <summary>The same change of both.</summary>
    public Pair Map(Func<torch.Tensor, torch.Tensor> theirs, Func<Tensor, Tensor> ours) => new(theirs(Theirs), ours(Ours));

    /// <summary>Views of the pair in several memory orders.</summary>
    public IEnumerable<Pair> Layouts()
    {
        yield return this;
        if (Theirs.ndim >= 2)
        {
            yield return Map(t => t.transpose(0, -1).contiguous().transpose(0, -1), t => t.Transpose(0, -1).Contiguous().Transpose(0, -1));
            yield return Map(t => t.transpose(0, -1), t => t.Transpose(0, -1));
        }

        if (Theirs.ndim >= 1 && Theirs.shape[0] > 2)
        {
            yield return Map(t => t.slice(0, 1, long.MaxValue, 2), t => t.Slice(0, 1, long.MaxValue, 2));
        }
    }

    public static int Size(long[] shape) => (int)shape.Aggregate(1L, (product, size) => product * size);

    public static float[] FloatValues(int count, int seed, bool ugly, double scale = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            values[i] = ugly && random.Next(3) == 0 ? UglyValues[random.Next(UglyValues.Length)] : (float)(normal * scale);
        }

        return values;
    }
}
