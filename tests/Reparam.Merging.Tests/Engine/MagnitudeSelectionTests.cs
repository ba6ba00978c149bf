using Reparam.Merging.Engine;

namespace Reparam.Merging.Tests.Engine;

public sealed class MagnitudeSelectionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(7, 3)]
    [InlineData(257, 256)]
    [InlineData(1000, 200)]
    public void The_largest_are_those_of_a_stable_sort(int elements, int count) => Check(Vectors.Gaussian(elements, 5), count);

    [Theory]
    [InlineData(1)]
    [InlineData(250)]
    [InlineData(499)]
    [InlineData(501)]
    [InlineData(999)]
    public void Of_equal_magnitudes_the_first_are_taken(int count) =>
        Check([.. Enumerable.Range(0, 1000).Select(i => (i % 3 - 1) * (i % 2 == 0 ? 1.0 : -1.0))], count);

    [Fact]
    public void Magnitudes_of_every_size_are_told_apart() =>
        Check([0, -0.0, double.Epsilon, -double.MaxValue, 1e-300, 1, double.BitIncrement(1), -double.BitDecrement(1), 1e300, 2], 5);

    // Beyond what is held in memory at once, and with so many alike that all digits are looked at.
    [Theory]
    [InlineData(1)]
    [InlineData(1234567)]
    [InlineData(2000000)]
    public void A_long_sequence_is_cut_exactly(int count)
    {
        var values = Vectors.Gaussian(100_000, 8);
        Check([.. Enumerable.Range(0, 2_200_001).Select(i => i % 2 == 0 ? 0.5 : values[i % values.Length])], count);
    }

    private static void Check(double[] values, int count)
    {
        var expected = values.Select((value, index) => (Magnitude: Math.Abs(value), Index: index)).OrderByDescending(each => each.Magnitude)
            .ThenBy(each => each.Index).Take(count)
            .Select(each => each.Index).ToHashSet();
        foreach (var threads in (int[])[1, 3])
        {
            var cut = MagnitudeSelection.Largest(values.Length, count, (start, destination) =>
                values.AsSpan((int)start, destination.Length).CopyTo(destination), threads, CancellationToken.None);
            Assert.True(Enumerable.Range(0, values.Length).All(i => cut.Takes(values[i], i) == expected.Contains(i)));
        }
    }
}
