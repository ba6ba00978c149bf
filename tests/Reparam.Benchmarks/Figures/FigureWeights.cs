namespace Reparam.Benchmarks.Figures;

/// <summary>The random matrices that figures are measured on: independent weights, drawn from a seed.</summary>
internal static class FigureWeights
{
    private const int DegreesOfFreedom = 4;

    /// <summary>Normal weights, [rows, columns].</summary>
    public static float[] Gaussian(int rows, int columns, int seed)
    {
        var normal = new NormalSource(seed);
        var weights = new float[checked(rows * columns)];
        foreach (ref var weight in weights.AsSpan())
        {
            weight = (float)normal.Next();
        }

        return weights;
    }

    /// <summary>Weights after Student's t with four degrees of freedom, [rows, columns].</summary>
    public static float[] HeavyTailed(int rows, int columns, int seed)
    {
        var normal = new NormalSource(seed);
        var weights = new float[checked(rows * columns)];
        foreach (ref var weight in weights.AsSpan())
        {
            var z = normal.Next();
            var chiSquared = 0.0;
            for (var i = 0; i < DegreesOfFreedom; i++)
            {
                var x = normal.Next();
                chiSquared += x * x;
            }

            weight = (float)(z / Math.Sqrt(chiSquared / DegreesOfFreedom));
        }

        return weights;
    }
}
