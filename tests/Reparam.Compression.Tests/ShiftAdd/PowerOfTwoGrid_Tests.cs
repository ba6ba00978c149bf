using CsCheck;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Binary;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>The numbers that a scale of one to three powers of two can be.</summary>
public class PowerOfTwoGrid_Tests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Stored_terms_sum_to_the_value(int terms)
    {
        var grid = PowerOfTwoGrid.Of(terms);
        var stored = new byte[terms];
        for (var index = grid.ZeroIndex - 2; index < grid.Floor(70000); index++)
        {
            grid.Encode(index, stored);

            Assert.Equal(grid.Value(index), stored.Sum(BinaryCodedMatrix.DecodeTerm));
            Assert.True(grid.Value(index) < grid.Value(index + 1) || index < grid.ZeroIndex);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Floor_is_the_largest_number_not_above(int terms)
    {
        var grid = PowerOfTwoGrid.Of(terms);
        Gen.Double[-100, 15].Sample(exponent =>
        {
            var value = Math.Pow(2, exponent);
            var index = grid.Floor(value);

            Assert.InRange(value, grid.Value(index), grid.Value(index + 1));
            Assert.NotEqual(value, grid.Value(index + 1));
        });
    }

    [Fact]
    public void Two_terms_hold_one_and_a_half_and_three_hold_thirteen()
    {
        Assert.Equal(1.5, PowerOfTwoGrid.Of(2).Value(PowerOfTwoGrid.Of(2).Floor(1.5)));
        Assert.Equal(13, PowerOfTwoGrid.Of(3).Value(PowerOfTwoGrid.Of(3).Floor(13)));
        Assert.True(PowerOfTwoGrid.Of(2).Value(PowerOfTwoGrid.Of(2).Floor(13)) < 13);
    }
}
