using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>
/// What a matrix says of the size of the parts that kernels form its products from. Bounds of right products, and so canaries, count roundings by it: where the
/// parts of a weight cancel, it is larger than the weight.
/// </summary>
public sealed class Amplitude_Tests
{
    private const double Slack = 1 + 1e-6;

    [Fact]
    public void No_row_of_any_format_is_larger_than_its_parts() => CodedMatrices.Any.Sample(matrix =>
    {
        var weights = matrix.Decode();
        for (var row = 0; row < matrix.Rows; row++)
        {
            var sum = 0.0;
            foreach (var weight in weights.AsSpan(row * matrix.Columns, matrix.Columns))
            {
                sum += Math.Abs((double)weight);
            }

            Assert.True(sum <= matrix.Amplitude(row) * Slack, $"{matrix.GetType().Name}, row {row}: {sum} is above {matrix.Amplitude(row)}");
        }
    });

    [Fact]
    public void Planes_that_cancel_count_with_their_scales()
    {
        // Two planes of one scale and opposite signs: every weight is 0.
        const int Columns = 40;
        uint[] codes = [uint.MaxValue, 0xFF, 0, 0];
        var matrix = new BinaryCodedMatrix(1, Columns, 2, 0, 3, codes, new[] { (Half)0.75, (Half)0.75 });
        Assert.All(matrix.Decode(), weight => Assert.Equal(0, weight));
        Assert.Equal(2 * Columns * 0.75 * 8, matrix.Amplitude(0));
        Assert.Equal(2, matrix.Addends);
    }

    [Fact]
    public void Planes_and_the_offset_of_a_profile_that_cancel_count_with_their_sizes()
    {
        // One profile 5 ± 5, all signs down: every weight is 0. The offset counts twice, because kernels add the smallest offset apart.
        const int Columns = 24;
        var table = new ProfileTable(1, 0, 0.5f, new sbyte[] { 5, 5 });
        var matrix = new NestedMatrix(1, Columns, table, 1, 32, 0, new byte[3], new byte[NestedMatrix.ProfileBytes(1, Columns, 0)], new[] { (Half)2 });
        Assert.All(matrix.Decode(), weight => Assert.Equal(0, weight));
        Assert.Equal(Columns * 2 * 0.5 * (5 + 5 + 5), matrix.Amplitude(0));
    }

    [Fact]
    public void Vectors_of_a_codebook_that_cancel_count_with_their_elements() => CodebookMatrix_Tests.Any.Sample(matrix =>
    {
        for (var row = 0; row < matrix.Rows; row++)
        {
            var sum = 0.0;
            for (var i = 0; i < matrix.Set.Stages.Count; i++)
            {
                var stage = matrix.Set.Stages[i];
                var indices = matrix.StageIndices(i);
                for (var k = 0; k < matrix.Columns; k++)
                {
                    var block = k / matrix.SuperColumns;
                    var scale = (double)matrix.SuperScales.Span[(row / matrix.SuperRows * matrix.SuperBlocks) + block] * matrix.Set.Step;
                    var unit = Math.ScaleB(scale, matrix.ScaleExponent);
                    for (var position = block * matrix.SuperColumns / stage.Stride; position * stage.Stride <= k; position++)
                    {
                        if (k - (position * stage.Stride) is var place && place < stage.Span)
                        {
                            var octet = indices[(row * stage.BytesPerRow(matrix.Columns)) + (position / 2)];
                            sum += unit * Math.Abs((int)matrix.Set.Vectors(i)[((position % 2 == 0 ? octet & 15 : octet >> 4) * stage.Span) + place]);
                        }
                    }
                }
            }

            Assert.True(sum <= matrix.Amplitude(row) * Slack, $"row {row}: {sum} is above {matrix.Amplitude(row)}");
        }
    });
}
