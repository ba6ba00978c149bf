namespace Reparam.Benchmarks.Figures;

/// <summary>Standard normal numbers from a seed (Box and Muller).</summary>
internal sealed class NormalSource(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>The next number.</summary>
    public double Next() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
