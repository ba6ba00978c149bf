using Reparam.Compression.ShiftAdd.Binary;

namespace Reparam.Compression.Tests.ShiftAdd.Binary;

/// <summary>Rounding of sets of scales to what a file can hold.</summary>
public class ScaleGrid_Tests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_set_near_the_limit_is_rounded_to_one_within_it(int terms)
    {
        // The largest float, normalized, and the limit just below it: all powers of two near by sum to more.
        const double Limit = 32767.96;
        foreach (var bits in (int[])[1, 2, 3, 4])
        {
            var grid = new ScaleGrid(terms, bits, Limit);
            var quadratic = new double[bits * bits];
            for (var b = 0; b < bits; b++)
            {
                quadratic[b * bits + b] = 1;
            }

            var random = new Random(bits);
            for (var trial = 0; trial < 200; trial++)
            {
                var free = Enumerable.Range(0, bits).Select(_ => (random.Next(3) - 1) * Math.ScaleB(1 + random.NextDouble(), random.Next(11, 15))).ToArray();
                var scales = (double[])free.Clone();
                grid.Round(scales, quadratic);
                Assert.True(scales.Sum(Math.Abs) <= Limit);
                Assert.All(scales.Zip(free), pair => Assert.True(pair.First * pair.Second >= 0));
            }
        }
    }
}
