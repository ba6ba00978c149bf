namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>Seeded matrices of independent weights.</summary>
internal static class RandomMatrix
{
    public static float[] Gaussian(int rows, int columns, int seed, double scale = 0.02)
    {
        var random = new Random(seed);
        return Fill(rows * columns, () => scale * Normal(random));
    }

    /// <summary>Student t with 4 degrees of freedom.</summary>
    public static float[] HeavyTailed(int rows, int columns, int seed, double scale = 0.02)
    {
        var random = new Random(seed);
        return Fill(rows * columns, () =>
        {
            var chiSquared = 0.0;
            for (var i = 0; i < 4; i++)
            {
                var z = Normal(random);
                chiSquared += z * z;
            }

            return scale * Normal(random) / Math.Sqrt(chiSquared / 4);
        });
    }

    private static float[] Fill(int length, Func<double> next)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = (float)next();
        }

        return values;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
