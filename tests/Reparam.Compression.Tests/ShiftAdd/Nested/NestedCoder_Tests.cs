using CsCheck;
using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;
using Reparam.Compression.Simd;

namespace Reparam.Compression.Tests.ShiftAdd.Nested;

/// <summary>Coding in nested profiles against its definition, over odd sizes and ugly values.</summary>
public class NestedCoder_Tests
{
    private static readonly Gen<float> Ugly = Gen.OneOf(
        Gen.Float[-1, 1],
        Gen.Const(0f),
        Gen.Const(-0f),
        Gen.OneOf(0.5f, -0.5f, 1f, -1f),
        Gen.OneOf(float.Epsilon, -float.Epsilon, 1e-40f, float.MaxValue, float.MinValue, 1e20f, -1e-20f));

    private static readonly Gen<float> Tame = Gen.Select(Gen.Float[-1, 1], Gen.Float[-1, 1], Gen.Float[-1, 1], (a, b, c) => a + b + c);

    private static readonly Gen<(float[] Weights, int Rows, int Columns, ShiftAddAttribute Options)> Cases =
        from rows in Gen.Int[1, 12]
        from columns in Gen.OneOf(Gen.Int[1, 40], Gen.Int[1, 257], Gen.OneOf(15, 16, 17, 64, 172, 256, 272))
        from kind in Gen.Int[0, 3]
        from weights in kind switch
        {
            0 => Ugly.Array[rows * columns],
            1 => Gen.OneOf(0f, 0.3f, -0.3f).Array[rows * columns],
            2 => Gen.Float[-2, 2].Select(x => Enumerable.Repeat(x, rows * columns).ToArray()),
            _ => Tame.Array[rows * columns],
        }
        from bits in Gen.Int[1, 4]
        from quality in Gen.OneOf(CodingQuality.Fast, CodingQuality.Default)
        from seed in Gen.Int[0, 3]
        select (weights, rows, columns, new ShiftAddAttribute(bits) { Quality = quality, Seed = seed });

    [Fact]
    public void The_bytes_depend_neither_on_the_vector_nor_on_the_threads() => Cases.Sample(
        c =>
        {
            var expected = NestedCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options, threads: 1);
            foreach (var actual in new[]
            {
                NestedMatrices.Encode<Lanes128>(c.Weights, c.Rows, c.Columns, c.Options, threads: 3),
                NestedMatrices.Encode<Lanes256>(c.Weights, c.Rows, c.Columns, c.Options),
                NestedMatrices.Encode<Lanes512>(c.Weights, c.Rows, c.Columns, c.Options, threads: 2),
            })
            {
                NestedMatrices.AssertSame((NestedMatrix)expected.Matrix, (NestedMatrix)actual.Matrix);
                Assert.Equal(expected.SquaredError, actual.SquaredError);
                Assert.Equal(expected.SquaredNorm, actual.SquaredNorm);
            }
        },
        iter: 60);

    [Fact]
    public void The_bytes_of_a_sampled_matrix_depend_neither_on_the_vector_nor_on_the_threads()
    {
        var weights = RandomMatrix.HeavyTailed(520, 528, 4);
        var options = new ShiftAddAttribute(3) { Quality = CodingQuality.Fast };
        var expected = (NestedMatrix)NestedCoder.Encode(weights, 520, 528, options, threads: 1).Matrix;

        NestedMatrices.AssertSame(expected, (NestedMatrix)NestedMatrices.Encode<Lanes128>(weights, 520, 528, options, threads: 2).Matrix);
        NestedMatrices.AssertSame(expected, (NestedMatrix)NestedMatrices.Encode<Lanes256>(weights, 520, 528, options, threads: 5).Matrix);
    }

    [Fact]
    public void The_size_is_that_of_the_formula() => Cases.Sample(
        c =>
        {
            var matrix = (NestedMatrix)NestedCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options).Matrix;
            var indexBits = NestedShape.IndexBits(c.Options.Bits, c.Weights.Length);

            Assert.Equal(NestedShape.Of(c.Rows, c.Columns, c.Options.Bits).StoredBytes(c.Options.Bits, indexBits), matrix.StoredBytes);
            Assert.Equal(NestedShape.TableBytes(c.Options.Bits, indexBits), matrix.TableBytes);
        },
        iter: 60);

    [Theory]
    [InlineData(1, 1 << 20, 8)]
    [InlineData(2, 1 << 20, 9)]
    [InlineData(3, 1 << 20, 6)]
    [InlineData(4, 1 << 20, 7)]
    [InlineData(2, 256 * 512, 6)]
    [InlineData(3, 256 * 512, 6)]
    [InlineData(4, 256 * 512, 5)]
    [InlineData(3, 1, 2)]
    public void A_table_takes_no_more_than_a_64th_of_a_bit_a_weight(int bits, int weights, int expected)
    {
        var indexBits = NestedShape.IndexBits(bits, weights);
        Assert.Equal(expected, indexBits);
        Assert.True(indexBits == 2 || NestedShape.TableBytes(bits, indexBits) * 8.0 / weights <= 1 / 64.0);
    }

    [Theory]
    [InlineData(1, 1 + 8 / 16.0 + 16 / 512.0)]
    [InlineData(2, 2 + 9 / 16.0 + 16 / 512.0)]
    [InlineData(3, 3 + 6 / 16.0 + 16 / 256.0)]
    [InlineData(4, 4 + 7 / 16.0 + 16 / 512.0)]
    public void Short_rows_pay_no_more_for_super_scales_than_long_ones(int bits, double expected)
    {
        foreach (var (rows, columns) in new[] { (1024, 1024), (64, 64), (128, 16), (64, 32) })
        {
            var bytes = NestedShape.Of(rows, columns, bits).StoredBytes(bits, NestedShape.IndexBits(bits));
            Assert.Equal(expected, bytes * 8.0 / (rows * columns), 1e-12);
        }
    }

    [Fact]
    public void The_stored_form_is_well_formed_and_its_error_is_the_reported_one() => Cases.Sample(
        c =>
        {
            var coded = NestedCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options);
            var matrix = (NestedMatrix)coded.Matrix;
            var decoded = matrix.Decode();
            Assert.All(decoded, w => Assert.True(float.IsFinite(w)));
            for (var p = 0; p < matrix.Table.Count; p++)
            {
                var profile = matrix.Table.Profile(p);
                for (var b = 0; b < matrix.Bits; b++)
                {
                    var behind = 0;
                    for (var i = b + 1; i < matrix.Bits; i++)
                    {
                        behind += profile[i];
                    }

                    Assert.InRange(profile[b], behind, 127);
                }
            }

            double error = 0, norm = 0;
            for (var i = 0; i < decoded.Length; i++)
            {
                error += ((double)c.Weights[i] - decoded[i]) * ((double)c.Weights[i] - decoded[i]);
                norm += (double)c.Weights[i] * c.Weights[i];
            }

            // Weights below the range of normal floats decode with fewer digits.
            var subnormal = decoded.Length * Math.Pow(float.Epsilon, 2);
            Assert.Equal(norm, coded.SquaredNorm, 1e-5 * norm);
            Assert.True(Math.Abs(Math.Sqrt(error) - Math.Sqrt(coded.SquaredError)) <= 1e-5 * Math.Sqrt(norm) + Math.Sqrt(subnormal), $"{error} is reported as {coded.SquaredError}");
        },
        iter: 150);

    [Fact]
    public void Each_group_has_its_best_profile_and_each_weight_its_nearest_level() => Cases.Sample(
        c =>
        {
            var matrix = (NestedMatrix)NestedCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options).Matrix;
            for (var row = 0; row < c.Rows; row++)
            {
                for (var group = 0; group < matrix.Groups; group++)
                {
                    var end = Math.Min(c.Columns, (group + 1) * NestedMatrix.GroupSize);
                    var weights = c.Weights.AsSpan((row * c.Columns) + group * NestedMatrix.GroupSize, end - group * NestedMatrix.GroupSize);
                    var unit = Math.ScaleB((double)matrix.Unit(row, group), matrix.ScaleExponent);
                    var smallest = NestedMatrices.SmallestError(matrix.Table, weights, unit);
                    var found = NestedMatrices.Error(matrix, row, group, weights, unit);
                    var norm = 0.0;
                    foreach (var weight in weights)
                    {
                        norm += (double)weight * weight;
                    }

                    Assert.True(Math.Sqrt(found) <= Math.Sqrt(smallest) + 2e-6 * (Math.Sqrt(norm) + 700 * unit), $"row {row}, group {group}: {found} where {smallest} is possible");
                }
            }
        },
        iter: 40);

    [Fact]
    public void A_power_of_two_moves_the_exponent_and_nothing_else()
    {
        var weights = RandomMatrix.HeavyTailed(9, 130, 8, scale: 1);
        var options = new ShiftAddAttribute(3);
        var plain = (NestedMatrix)NestedCoder.Encode(weights, 9, 130, options).Matrix;
        foreach (var k in new[] { -90, -7, 1, 100 })
        {
            var scaled = (NestedMatrix)NestedCoder.Encode(weights.Select(w => MathF.ScaleB(w, k)).ToArray(), 9, 130, options).Matrix;

            NestedMatrices.AssertSameParts(plain, scaled);
            Assert.Equal(plain.ScaleExponent + k, scaled.ScaleExponent);
        }
    }

    [Theory]
    [InlineData(1e-40f)]
    [InlineData(1e-6f)]
    [InlineData(1e30f)]
    public void Any_range_of_floats_is_coded_alike(float scale)
    {
        var weights = RandomMatrix.Gaussian(16, 256, 9, scale: 1);
        var options = new ShiftAddAttribute(3);
        var plain = NestedMatrices.RelativeError(weights, 16, 256, options);

        Assert.Equal(plain, NestedMatrices.RelativeError(weights.Select(w => w * scale).ToArray(), 16, 256, options), 0.02 * plain);
    }

    [Fact]
    public void Zeros_stay_zeros()
    {
        foreach (var (rows, columns) in new[] { (1, 1), (3, 40), (16, 256) })
        {
            var coded = NestedCoder.Encode(new float[rows * columns], rows, columns, new ShiftAddAttribute(3));
            Assert.All(coded.Matrix.Decode(), w => Assert.Equal(0, w));
            Assert.Equal(0, coded.SquaredError);
        }

        // A row of zeros among others, and one too small for half precision beside them.
        var weights = RandomMatrix.Gaussian(4, 256, 3, scale: 1);
        weights.AsSpan(256, 256).Clear();
        weights.AsSpan(512, 256).Fill(1e-30f);
        var decoded = NestedCoder.Encode(weights, 4, 256, new ShiftAddAttribute(3)).Matrix.Decode();
        Assert.All(decoded[256..768], w => Assert.Equal(0, w));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_constant_is_exact_to_a_127th(int bits)
    {
        foreach (var (rows, columns, value) in new[] { (1, 1, 0.7f), (5, 48, -3e-20f), (40, 100, 1e25f) })
        {
            var weights = Enumerable.Repeat(value, rows * columns).ToArray();
            Assert.InRange(NestedMatrices.RelativeError(weights, rows, columns, new ShiftAddAttribute(bits)), 0, 1 / 127.0);
        }
    }

    [Fact]
    public void Rows_that_are_constant_with_either_sign_are_exact_to_a_127th()
    {
        var weights = new float[32 * 64];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = i / 64 % 3 == 0 ? -0.4f : 0.4f;
        }

        Assert.InRange(NestedMatrices.RelativeError(weights, 32, 64, new ShiftAddAttribute(2)), 0, 1 / 127.0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_error_falls_with_every_bit_of_the_index(int bits)
    {
        var weights = RandomMatrix.Gaussian(64, 512, 6);
        var errors = Enumerable.Range(0, 8).Select(indexBits => NestedMatrices.RelativeError(weights, 64, 512, bits, indexBits)).ToArray();
        for (var indexBits = 1; indexBits < errors.Length; indexBits++)
        {
            Assert.InRange(errors[indexBits], 0, 0.995 * errors[indexBits - 1]);
        }
    }

    [Theory]
    [InlineData(CodingQuality.Fast, CodingQuality.Default)]
    [InlineData(CodingQuality.Default, CodingQuality.Best)]
    public void More_effort_gives_less_error(CodingQuality less, CodingQuality more)
    {
        var weights = RandomMatrix.HeavyTailed(128, 512, 6);
        var error = NestedMatrices.RelativeError(weights, 128, 512, new ShiftAddAttribute(3) { Quality = less });

        Assert.InRange(NestedMatrices.RelativeError(weights, 128, 512, new ShiftAddAttribute(3) { Quality = more }), 0.1, 0.999 * error);
    }

    [Theory]
    [InlineData(2, false, 0.256)]
    [InlineData(3, false, 0.127)]
    [InlineData(4, false, 0.0640)]
    [InlineData(3, true, 0.147)]
    public void The_figures_hold_on_other_matrices(int bits, bool heavyTailed, double bar)
    {
        var weights = heavyTailed ? RandomMatrix.HeavyTailed(256, 1024, 21) : RandomMatrix.Gaussian(256, 1024, 21);

        Assert.InRange(NestedMatrices.RelativeError(weights, 256, 1024, new ShiftAddAttribute(bits)), 0.5 * bar, bar);
    }

    [Theory]
    [InlineData(2, false, 2.63, 0.249)]
    [InlineData(3, false, 3.44, 0.1265)]
    [InlineData(4, false, 4.50, 0.061)]
    [InlineData(3, true, 3.44, 0.146)]
    public void A_megaweight_is_coded_below_the_bars(int bits, bool heavyTailed, double storedBits, double bar)
    {
        var weights = heavyTailed ? RandomMatrix.HeavyTailed(1024, 1024, 31) : RandomMatrix.Gaussian(1024, 1024, 31);
        var coded = NestedCoder.Encode(weights, 1024, 1024, new ShiftAddAttribute(bits));

        Assert.InRange(Math.Sqrt(coded.SquaredError / coded.SquaredNorm), 0.5 * bar, bar);
        Assert.InRange((coded.Matrix.StoredBytes + coded.Matrix.TableBytes) * 8.0 / weights.Length, bits, storedBits);
    }

    [Fact]
    public void Another_seed_draws_another_sample()
    {
        var weights = RandomMatrix.Gaussian(520, 512, 4);
        var options = new ShiftAddAttribute(3) { Quality = CodingQuality.Fast };
        var tables = new[] { 0, 1, 1 }.Select(seed => ((NestedMatrix)NestedCoder.Encode(weights, 520, 512, options.With(o => o.Seed = seed)).Matrix).Table.Entries.ToArray()).ToArray();

        Assert.NotEqual(tables[0], tables[1]);
        Assert.Equal(tables[1], tables[2]);
    }

    [Fact]
    public void Weights_that_are_not_finite_are_named()
    {
        var weights = new float[40];
        weights[17] = float.NaN;

        var exception = Assert.Throws<NonFiniteWeightException>(() => NestedCoder.Encode(weights, 2, 20, new ShiftAddAttribute(3), tensor: "w"));
        Assert.Equal(("w", 17), (exception.Tensor, exception.Index));
    }

    [Fact]
    public void Cancellation_ends_the_work()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => NestedCoder.Encode(new float[1 << 16], 256, 256, new ShiftAddAttribute(3), cancellation: source.Token));
    }
}
