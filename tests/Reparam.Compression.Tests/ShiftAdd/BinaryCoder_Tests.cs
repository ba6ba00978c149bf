using CsCheck;
using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Binary;
using Reparam.Compression.Simd;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>The fast coder against its oracle and against itself, over odd sizes and ugly values.</summary>
public class BinaryCoder_Tests
{
    private const double HalfRounding = 1.0 / 2048;

    private static readonly Gen<float> Ugly = Gen.OneOf(
        Gen.Float[-1, 1],
        Gen.Const(0f),
        Gen.Const(-0f),
        Gen.OneOf(0.5f, -0.5f, 1f, -1f),
        Gen.OneOf(float.Epsilon, -float.Epsilon, 1e-40f, float.MaxValue, float.MinValue, 1e20f, -1e-20f));

    private static readonly Gen<float> Tame = Gen.Select(Gen.Float[-1, 1], Gen.Float[-1, 1], Gen.Float[-1, 1], (a, b, c) => a + b + c);

    private static readonly Gen<(float[] Weights, int Rows, int Columns, ShiftAddAttribute Options)> Cases = Sized(20, 257);

    private static Gen<(float[] Weights, int Rows, int Columns, ShiftAddAttribute Options)> Sized(int maxRows, int maxColumns) =>
        from rows in Gen.Int[1, maxRows]
        from columns in Gen.Int[1, maxColumns]
        from kind in Gen.Int[0, 3]
        from weights in kind switch
        {
            0 => Ugly.Array[rows * columns],
            1 => Gen.OneOf(0f, 0.3f, -0.3f).Array[rows * columns],
            2 => Gen.Float[-2, 2].Select(x => Enumerable.Repeat(x, rows * columns).ToArray()),
            _ => Tame.Array[rows * columns],
        }
        from bits in Gen.Int[1, 4]
        from groupSize in Gen.OneOf(Gen.Int[0, 300], Gen.OneOf(1, 2, 3, 31, 32, 33, 64, 128))
        from terms in Gen.Int[0, 3]
        from rounds in Gen.OneOf(0, 1, 7, 20)
        select (weights, rows, columns, new ShiftAddAttribute(bits) { GroupSize = groupSize, ScaleTerms = terms, Rounds = rounds });

    [Fact]
    public void The_bytes_depend_neither_on_the_vector_nor_on_the_threads() => Cases.Sample(
        c =>
        {
            var expected = BinaryCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options, threads: 1);
            foreach (var actual in new[]
            {
                BinaryCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options),
                BinaryCoder.Encode<Lanes128>(c.Weights, c.Rows, c.Columns, c.Options, threads: 3),
                BinaryCoder.Encode<Lanes256>(c.Weights, c.Rows, c.Columns, c.Options, threads: 2),
                BinaryCoder.Encode<Lanes512>(c.Weights, c.Rows, c.Columns, c.Options),
            })
            {
                Decoded.AssertSame(expected.Matrix, actual.Matrix);
                Assert.Equal(expected.RelativeError, actual.RelativeError);
            }
        },
        iter: 150);

    [Fact]
    public void Whatever_the_weights_the_stored_form_is_well_formed() => Cases.Sample(
        c =>
        {
            var matrix = BinaryCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options).Matrix;

            Assert.All(Decoded.Weights(matrix), w => Assert.True(float.IsFinite(w)));
            for (var row = 0; row < matrix.Rows; row++)
            {
                for (var group = 0; group < matrix.ColumnBlocks; group++)
                {
                    for (var bit = 0; bit < matrix.Bits; bit++)
                    {
                        var scale = matrix.Scale(row, group, bit);
                        Assert.True(scale >= 0 && (bit == 0 || scale <= matrix.Scale(row, group, bit - 1)));
                    }
                }
            }

            if (matrix.Columns % 32 != 0)
            {
                var words = matrix.Codes.ToArray();
                for (var last = matrix.WordsPerRow - 1; last < words.Length; last += matrix.WordsPerRow)
                {
                    Assert.Equal(0u, words[last] >> (matrix.Columns % 32));
                }
            }
        },
        iter: 300);

    [Fact]
    public void Every_code_is_the_nearest() => Cases.Sample(
        c =>
        {
            var matrix = BinaryCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options).Matrix;
            var decoded = Decoded.Weights(matrix);
            for (var i = 0; i < c.Weights.Length; i++)
            {
                var (row, column) = (i / c.Columns, i % c.Columns);
                var nearest = double.PositiveInfinity;
                for (var pattern = 0; pattern < 1 << matrix.Bits; pattern++)
                {
                    var level = 0.0;
                    for (var bit = 0; bit < matrix.Bits; bit++)
                    {
                        var scale = matrix.Scale(row, column / matrix.GroupSize, bit);
                        level += ((pattern >> bit) & 1) != 0 ? scale : -scale;
                    }

                    nearest = Math.Min(nearest, Math.Abs(c.Weights[i] - Math.ScaleB(level, matrix.ScaleExponent)));
                }

                // Levels are sums of floats, and a float below the normal range has fewer digits.
                var found = Math.Abs((double)c.Weights[i] - decoded[i]);
                var largest = Math.ScaleB((double)matrix.Scale(row, column / matrix.GroupSize, 0), matrix.ScaleExponent);
                Assert.True(found <= nearest + 1e-6 * largest + float.Epsilon, $"{c.Weights[i]} became {decoded[i]}");
            }
        },
        iter: 200);

    // Where weights lie in the middle of two levels, or a group is too small to determine its scales, both may go either way and end elsewhere;
    // on groups of some size drawn from a density that is a rare accident.
    [Fact]
    public void Group_by_group_the_fast_coder_is_as_good_as_the_oracle() => (
        from rows in Gen.Int[1, 9]
        from groupSize in Gen.Int[32, 100]
        from tail in Gen.OneOf(Gen.Const(0), Gen.Int[32, groupSize])
        from columns in Gen.Int[1, 2].Select(groups => groups * groupSize + tail)
        from seed in Gen.Int[0, 1 << 30]
        from heavy in Gen.Bool
        from bits in Gen.Int[1, 4]
        from rounds in Gen.OneOf(0, 1, 7, 20)
        from quality in Gen.OneOf(CodingQuality.Fast, CodingQuality.Default, CodingQuality.Best)
        select (
            Weights: heavy ? RandomMatrix.HeavyTailed(rows, columns, seed) : RandomMatrix.Gaussian(rows, columns, seed),
            rows, columns, Options: new ShiftAddAttribute(bits) { GroupSize = groupSize, Rounds = rounds, Quality = quality })).Sample(
        c =>
        {
            var oracle = BinaryCodingReference.Encode(c.Weights, c.rows, c.columns, c.Options);
            var fast = BinaryCoder.Encode(c.Weights, c.rows, c.columns, c.Options);

            Assert.Equal(Decoded.RelativeError(c.Weights, oracle.Matrix), oracle.RelativeError, 1e-6);
            var norms = GroupErrors(c.Weights, new float[c.Weights.Length], oracle.Matrix);
            var expected = GroupErrors(c.Weights, Decoded.Weights(oracle.Matrix), oracle.Matrix);
            var actual = GroupErrors(c.Weights, Decoded.Weights(fast.Matrix), oracle.Matrix);
            var others = Enumerable.Range(0, norms.Count).Count(g => actual[g] - expected[g] > 1e-3 * expected[g] + HalfRounding * norms[g]);
            Assert.True(others <= 1 + norms.Count / 50, $"{others} of {norms.Count} groups are worse");
        },
        iter: 150);

    [Fact]
    public void Whatever_the_weights_the_alternation_never_loses_to_its_start() => Sized(6, 133).Sample(
        c =>
        {
            // At the end of the range of float the scales must give way, see LargestLevel; the terms have an oracle of their own.
            c = (Array.ConvertAll(c.Weights, w => Math.Abs(w) < 1e38f ? w : 1f), c.Rows, c.Columns, c.Options.With(o => o.ScaleTerms = 0));
            var matrix = BinaryCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options).Matrix;
            var errors = GroupErrors(c.Weights, Decoded.Weights(matrix), matrix);
            var group = 0;
            foreach (var (row, begin, end) in Groups(matrix))
            {
                var w = c.Weights[(row * c.Columns + begin)..(row * c.Columns + end)].Select(x => (double)x).ToArray();
                var greedy = BinaryCodingReference.Greedy(w, c.Options.Bits);
                var start = Math.Sqrt(BinaryCodingReference.SquaredError(w, greedy, BinaryCodingReference.NearestCodes(w, greedy)));

                // Half precision moves every level, single precision does not see squares below 1e-5 of the group's, and the smallest halves are far apart.
                var largest = Enumerable.Range(0, c.Options.Bits).Sum(bit => Math.ScaleB((double)matrix.Scale(row, begin / matrix.GroupSize, bit), matrix.ScaleExponent));
                var moved = 2 * HalfRounding * largest + c.Options.Bits * Math.ScaleB(1, matrix.ScaleExponent - 24) + float.Epsilon;
                var tolerance = Math.Sqrt(w.Length) * moved + Math.Sqrt(1e-5 * w.Sum(x => x * x));
                Assert.True(errors[group] <= start + tolerance, $"row {row}, column {begin}: {start} became {errors[group]}");
                group++;
            }
        },
        iter: 150);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void On_ordinary_weights_oracle_and_fast_coder_agree(int bits)
    {
        var weights = RandomMatrix.Gaussian(5, 261, 7);
        var options = new ShiftAddAttribute(bits) { GroupSize = 64 };
        var oracle = BinaryCodingReference.Encode(weights, 5, 261, options);
        var fast = BinaryCoder.Encode(weights, 5, 261, options);

        Assert.InRange(fast.RelativeError, oracle.RelativeError * 0.99, oracle.RelativeError * (1 + 1e-4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_powers_of_two_the_fast_coder_beats_the_published_rounding(int terms)
    {
        var weights = RandomMatrix.HeavyTailed(3, 261, 12);
        for (var bits = 1; bits <= 4; bits++)
        {
            var options = new ShiftAddAttribute(bits) { GroupSize = 64, ScaleTerms = terms };
            var published = BinaryCodingReference.Encode(weights, 3, 261, options).RelativeError;

            Assert.InRange(BinaryCoder.Encode(weights, 3, 261, options).RelativeError, 0.02, published * (1 + 1e-6));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(48, 0)]
    [InlineData(48, 2)]
    public void A_power_of_two_moves_the_exponent_and_nothing_else(int groupSize, int terms)
    {
        var weights = RandomMatrix.HeavyTailed(9, 130, 8, scale: 1);
        var options = new ShiftAddAttribute(3) { GroupSize = groupSize, ScaleTerms = terms };
        var plain = BinaryCoder.Encode(weights, 9, 130, options).Matrix;
        foreach (var k in new[] { -90, -7, 1, 100 })
        {
            var scaled = BinaryCoder.Encode(weights.Select(w => MathF.ScaleB(w, k)).ToArray(), 9, 130, options).Matrix;

            Decoded.AssertSameParts(plain, scaled);
            Assert.Equal(plain.ScaleExponent + k, scaled.ScaleExponent);
        }
    }

    [Fact]
    public void Any_other_factor_leaves_the_relative_error()
    {
        var weights = RandomMatrix.Gaussian(16, 256, 9);
        var options = new ShiftAddAttribute(3);
        var plain = BinaryCoder.Encode(weights, 16, 256, options).RelativeError;
        foreach (var factor in new[] { 1e-3f, 0.7f, 50f })
        {
            Assert.Equal(plain, BinaryCoder.Encode(weights.Select(w => w * factor).ToArray(), 16, 256, options).RelativeError, 1e-3 * plain);
        }
    }

    [Fact]
    public void Subnormal_weights_are_coded_like_others()
    {
        var weights = RandomMatrix.Gaussian(4, 64, 10).Select(w => MathF.ScaleB(w, -130)).ToArray();

        Assert.InRange(BinaryCoder.Encode(weights, 4, 64, new ShiftAddAttribute(4)).RelativeError, 0.01, 0.1);
    }

    [Theory]
    [InlineData(1e-40f)]
    [InlineData(float.Epsilon)]
    public void The_smallest_weights_keep_an_exponent_that_the_format_takes(float weight)
    {
        var encoded = BinaryCoder.Encode(new[] { weight, -weight, weight, weight }, 2, 2, new ShiftAddAttribute(1));

        Assert.InRange(encoded.Matrix.ScaleExponent, PlanesSpec.MinScaleExponent, PlanesSpec.MaxScaleExponent);
        Assert.Equal(1, Decoded.Weights(encoded.Matrix)[0] / weight, 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Zeros_stay_zeros(int terms)
    {
        var encoded = BinaryCoder.Encode(new float[3 * 40], 3, 40, new ShiftAddAttribute(3) { GroupSize = 16, ScaleTerms = terms });

        Assert.All(Decoded.Weights(encoded.Matrix), w => Assert.Equal(0, w));
        Assert.Equal(0, encoded.RelativeError);
        Assert.Equal(0, encoded.Matrix.ScaleExponent);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_weight_that_is_not_finite_is_named(float bad)
    {
        var weights = RandomMatrix.Gaussian(4, 10, 11);
        weights[23] = bad;

        var exception = Assert.Throws<NonFiniteWeightException>(
            () => BinaryCoder.Encode(weights, 4, 10, new ShiftAddAttribute(2), "blocks.0.wq.weight"));

        Assert.Equal(23, exception.Index);
        Assert.Contains("'blocks.0.wq.weight'", exception.Message);
        Assert.Contains("element 23", exception.Message);
    }

    [Theory]
    [InlineData(0, 128, 0, 20, "bits is 0")]
    [InlineData(9, 128, 0, 20, "bits is 9")]
    [InlineData(3, -2, 0, 20, "groupSize is -2")]
    [InlineData(3, 128, 4, 20, "scaleTerms is 4")]
    [InlineData(3, 128, 0, 101, "rounds is 101")]
    public void Options_out_of_range_are_named(int bits, int groupSize, int terms, int rounds, string expected)
    {
        var options = new ShiftAddAttribute(bits) { GroupSize = groupSize, ScaleTerms = terms, Rounds = rounds };

        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => BinaryCoder.Encode(new float[4], 2, 2, options)).Message);
    }

    [Fact]
    public void A_cancelled_token_ends_the_work()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => BinaryCoder.Encode(new float[64], 8, 8, new ShiftAddAttribute(2), cancellation: source.Token));
    }

    [Fact]
    public void The_defaults_are_those_of_the_attribute()
    {
        var attribute = new ShiftAddAttribute(3);
        var options = new ShiftAddAttribute(3);

        Assert.Equal(attribute.Bits, options.Bits);
        Assert.Equal(attribute.GroupSize, options.GroupSize);
        Assert.Equal(attribute.ScaleTerms, options.ScaleTerms);
        Assert.Equal(attribute.Rounds, options.Rounds);
    }

    private static IEnumerable<(int Row, int Begin, int End)> Groups(BinaryCodedMatrix matrix) =>
        from row in Enumerable.Range(0, matrix.Rows)
        from block in Enumerable.Range(0, matrix.ColumnBlocks)
        select (row, block * matrix.GroupSize, Math.Min((block + 1) * matrix.GroupSize, matrix.Columns));

    /// <summary>‖w − decoded‖ of each group.</summary>
    private static List<double> GroupErrors(float[] weights, float[] decoded, BinaryCodedMatrix matrix) =>
        [.. Groups(matrix).Select(g => Math.Sqrt(Enumerable.Range(g.Row * matrix.Columns + g.Begin, g.End - g.Begin)
            .Sum(i => ((double)weights[i] - decoded[i]) * ((double)weights[i] - decoded[i]))))];
}
