namespace ReparamApp.Model;

/// <summary>Points of a spiral with two arms.</summary>
public static class SpiralPoints
{
    /// <returns>Coordinates [count, 2], and the arm of each point.</returns>
    public static (float[] Points, long[] Arms) Sample(int count, int seed)
    {
        var random = new Random(seed);
        var points = new float[2 * count];
        var arms = new long[count];
        for (var i = 0; i < count; i++)
        {
            arms[i] = i % 2;
            var radius = 0.1 + 0.9 * random.NextDouble();
            var angle = 3 * Math.PI * radius + Math.PI * arms[i] + 0.2 * (random.NextDouble() - 0.5);
            points[2 * i] = (float)(radius * Math.Cos(angle));
            points[2 * i + 1] = (float)(radius * Math.Sin(angle));
        }

        return (points, arms);
    }
}
