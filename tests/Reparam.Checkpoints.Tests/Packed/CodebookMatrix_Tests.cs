using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed;

public sealed class CodebookMatrix_Tests
{
    internal static readonly Gen<CodebookMatrix> Any =
        from rows in Gen.Int[1, 5]
        from columns in Gen.Int[1, 150]
        from planes in Gen.Int[1, 4]
        from reach in Gen.Int[1, 4]
        from extras in Gen.Int[0, 3]
        from superRows in Gen.Int[1, 3]
        from superBlocks in Gen.Int[1, 5]
        from exponent in Gen.Int[-20, 20]
        from seed in Gen.Int
        select Create(rows, columns, Stages(planes, reach, extras), superRows, 32 * superBlocks, exponent, seed);

    [Fact]
    public void Every_weight_is_the_sum_of_the_vectors_that_cover_it() => Any.Sample(matrix =>
    {
        var decoded = matrix.Decode();
        for (var row = 0; row < matrix.Rows; row++)
        {
            for (var k = 0; k < matrix.Columns; k++)
            {
                var (sum, block) = (0, k / matrix.SuperColumns);
                for (var i = 0; i < matrix.Set.Stages.Count; i++)
                {
                    var (stride, span) = matrix.Set.Stages[i];
                    for (var position = block * matrix.SuperColumns / stride; position * stride <= k; position++)
                    {
                        if (k - position * stride < span)
                        {
                            var octet = matrix.StageIndices(i)[row * matrix.Set.Stages[i].BytesPerRow(matrix.Columns) + position / 2];
                            sum += matrix.Set.Vectors(i)[(position % 2 == 0 ? octet & 15 : octet >> 4) * span + k - position * stride];
                        }
                    }
                }

                var scale = (float)matrix.SuperScales.Span[row / matrix.SuperRows * matrix.SuperBlocks + block] * matrix.Set.Step;
                Assert.Equal(MathF.ScaleB(scale * sum, matrix.ScaleExponent), decoded[row * matrix.Columns + k]);
            }
        }
    });

    [Fact]
    public void The_indices_of_a_row_end_on_a_byte() => Any.Sample(matrix =>
    {
        var bytes = 0;
        foreach (var stage in matrix.Set.Stages)
        {
            bytes += matrix.Rows * (int)Math.Ceiling(Math.Ceiling(matrix.Columns / (double)stage.Stride) / 2);
        }

        var scales = (int)(Math.Ceiling(matrix.Rows / (double)matrix.SuperRows) * Math.Ceiling(matrix.Columns / (double)matrix.SuperColumns));
        Assert.Equal(bytes + 2 * scales, matrix.StoredBytes);
    });

    [Fact]
    public void Stages_that_are_no_codebook_are_refused()
    {
        Assert.Null(CodebookSet.Problem([new(4, 8), new(16, 16)]));
        Assert.Contains("1 to 8", CodebookSet.Problem([]));
        Assert.Contains("1 to 4 are planes", CodebookSet.Problem([new(16, 16)]));
        Assert.Contains("strides ascend", CodebookSet.Problem([new(16, 16), new(4, 8)]));
        Assert.Contains("span 6", CodebookSet.Problem([new(4, 6)]));
        Assert.Contains("stride 12", CodebookSet.Problem([new(4, 4), new(12, 12)]));
        Assert.Contains("span 40", CodebookSet.Problem([new(4, 40)]));
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        CodebookStage[] stages = [new(4, 8), new(16, 16)];
        Assert.Throws<ArgumentException>(() => new CodebookSet(stages, 1, new sbyte[383]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CodebookSet(stages, 0, new sbyte[384]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CodebookSet(stages, float.NaN, new sbyte[384]));

        var set = new CodebookSet(stages, 1, new sbyte[384]);
        Assert.Throws<ArgumentException>(() => new CodebookMatrix(2, 17, set, 1, 24, 0, new byte[10], new Half[2]));
        Assert.Throws<ArgumentException>(() => new CodebookMatrix(2, 17, set, 1, 32, 0, new byte[7], new Half[2]));
        Assert.Throws<ArgumentException>(() => new CodebookMatrix(2, 17, set, 1, 32, 0, new byte[8], new Half[1]));
        Assert.Equal(8 + 4, new CodebookMatrix(2, 17, set, 1, 32, 0, new byte[8], new Half[2]).StoredBytes);
    }

    internal static CodebookStage[] Stages(int planes, int reach, int extras) =>
        [.. Enumerable.Repeat(new CodebookStage(4, 4 * reach), planes), .. Enumerable.Range(0, extras).Select(static i => new CodebookStage(8 << i, 8 << i))];

    internal static CodebookMatrix Create(int rows, int columns, CodebookStage[] stages, int superRows, int superColumns, int exponent, int seed)
    {
        var random = new Random(seed);
        var entries = new sbyte[CodebookSet.EntriesOf(stages)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = (sbyte)random.Next(-127, 128);
        }

        var indices = new byte[CodebookMatrix.IndexBytes(rows, columns, stages)];
        random.NextBytes(indices);
        var begin = 0;
        foreach (var stage in stages)
        {
            var bytes = stage.BytesPerRow(columns);
            for (var row = 0; row < rows; row++, begin += bytes)
            {
                indices[begin + bytes - 1] &= (byte)(stage.Positions(columns) % 2 == 0 ? 0xFF : 0x0F);
            }
        }

        var scales = new Half[(rows + superRows - 1) / superRows * ((columns + superColumns - 1) / superColumns)];
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = (Half)random.NextDouble();
        }

        return new CodebookMatrix(rows, columns, new CodebookSet(stages, (float)random.NextDouble() + 0.001f, entries), superRows, superColumns, exponent, indices, scales);
    }
}
