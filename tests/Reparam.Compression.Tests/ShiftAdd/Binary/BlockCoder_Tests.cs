using CsCheck;
using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd;
using AskedLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.ShiftAdd.Binary;

/// <summary>Calibrated coding in the layouts row, column and block8, measured in double precision.</summary>
public class BlockCoder_Tests
{
    private static readonly AskedLayout[] Layouts = [AskedLayout.Row, AskedLayout.Column, AskedLayout.Block8];

    private static readonly int[] GroupSizes = [0, 8, 24, 64, 128];

    private static readonly Gen<(TestLayer Layer, ShiftAddAttribute Options)> Cases =
        from rows in Gen.Int[1, 40]
        from columns in Gen.Int[1, 80]
        from seed in Gen.Int[0, 100_000]
        from heavy in Gen.Bool
        from tokens in Gen.Int[1, 200]
        from layout in Gen.Int[0, 2]
        from bits in Gen.Int[1, 4]
        from groupSize in Gen.Int[0, 4]
        from terms in Gen.Int[0, 3]
        select (TestLayer.Correlated(rows, columns, seed, heavy, tokens),
            new ShiftAddAttribute(bits) { Layout = Layouts[layout], GroupSize = GroupSizes[groupSize], ScaleTerms = terms });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_bars_of_256_x_512_hold(int seed)
    {
        var gaussian = TestLayer.Correlated(256, 512, seed);
        var heavy = TestLayer.Correlated(256, 512, seed, heavy: true);
        var block8 = new ShiftAddAttribute(3) { Layout = AskedLayout.Block8, ScaleTerms = 3 };

        Assert.InRange(gaussian.RelativeOutputError(gaussian.Code(block8).Matrix), 0.03, 0.0600);
        Assert.InRange(heavy.RelativeOutputError(heavy.Code(block8).Matrix), 0.03, 0.0760);
        foreach (var (bits, barOfGaussian, barOfHeavy) in new[] { (2, 0.1150, 0.1415), (3, 0.0545, 0.0715), (4, 0.0260, 0.0345) })
        {
            var row = new ShiftAddAttribute(bits) { Layout = AskedLayout.Row };
            Assert.InRange(gaussian.RelativeOutputError(gaussian.Code(row).Matrix), 0.01, barOfGaussian);
            Assert.InRange(heavy.RelativeOutputError(heavy.Code(row).Matrix), 0.01, barOfHeavy);
        }
    }

    [Fact]
    public void Correlated_inputs_make_it_half_again_as_good_as_coding_by_weight()
    {
        var layer = TestLayer.Correlated(48, 256, 7);
        foreach (var layout in Layouts)
        {
            for (var bits = 2; bits <= 4; bits++)
            {
                var options = new ShiftAddAttribute(bits) { Layout = layout };
                var plain = layer.RelativeOutputError(layer.Code(options, calibrated: false).Matrix);

                Assert.InRange(layer.RelativeOutputError(layer.Code(options).Matrix), 0.001, plain / 1.5);
            }
        }
    }

    [Fact]
    public void The_output_error_is_never_above_that_of_coding_by_weight() => Cases.Sample(
        (layer, options) =>
        {
            var plain = layer.SquaredOutputError(layer.Code(options, calibrated: false).Matrix);
            var found = layer.SquaredOutputError(layer.Code(options).Matrix);
            Assert.InRange(found, 0, plain * (1 + 1e-4) + 1e-6 * layer.SquaredOutputNorm());
        },
        iter: 60);

    [Fact]
    public void More_sweeps_are_never_worse() => Cases.Sample(
        (layer, options) =>
        {
            var last = double.PositiveInfinity;
            foreach (var sweeps in new[] { 0, 1, 2, 5, 30 })
            {
                var error = layer.SquaredOutputError(layer.Code(options.With(o => { o.Sweeps = sweeps; o.Quality = CodingQuality.Best; })).Matrix);
                var damping = 0.01 * Trace(layer.Gram) / layer.Columns;
                Assert.InRange(error, 0, last + damping * layer.Weights.Sum(w => (double)w * w) + 1e-6 * layer.SquaredOutputNorm());
                last = error;
            }
        },
        iter: 15);

    [Fact]
    public void What_is_reported_is_what_is_decoded() => Cases.Sample(
        (layer, options) =>
        {
            var coded = layer.Code(options);
            var decoded = coded.Matrix.Decode();
            var error = layer.Weights.Zip(decoded, (w, q) => ((double)w - q) * ((double)w - q)).Sum();
            var norm = layer.Weights.Sum(w => (double)w * w);

            // A case drawn with a heavy tail may have an outlier, which is told.
            Assert.True(coded.Warning is null or { Diagnostic.Id: "RPB0110" }, coded.Warning?.Text);
            Assert.Equal(error, coded.SquaredError, 1e-4 * error + 1e-9 * norm);
            Assert.Equal(norm, coded.SquaredNorm, 1e-6 * norm);
            Assert.Equal(layer.SquaredOutputNorm(), coded.SquaredOutputNorm!.Value, 1e-4 * layer.SquaredOutputNorm());
            Assert.Equal(layer.SquaredOutputError(coded.Matrix), coded.SquaredOutputError!.Value, 1e-4 * layer.SquaredOutputNorm());
            var matrix = Assert.IsType<BinaryCodedMatrix>(coded.Matrix);
            Assert.Equal((options.Layout.Name(), options.Bits, options.ScaleTerms), (matrix.Format.Name, matrix.Bits, matrix.ScaleTerms));
        },
        iter: 40);

    [Fact]
    public void No_single_code_and_no_refit_of_a_set_of_scales_would_lower_the_damped_error()
    {
        foreach (var layout in Layouts)
        {
            var layer = TestLayer.Correlated(32, 72, 11, tokens: 500);
            var options = new ShiftAddAttribute(2) { Layout = layout, GroupSize = 32, Sweeps = 100 };
            var matrix = (BinaryCodedMatrix)layer.Code(options).Matrix;
            var state = new DoubleState(layer, matrix);
            var error = state.Error;

            for (var row = 0; row < layer.Rows; row++)
            {
                for (var k = 0; k < layer.Columns; k++)
                {
                    Assert.True(state.BestChangeOfCode(row, k) > -1e-5 * error, $"{layout}: the code at {row}, {k} can be bettered");
                }
            }

            for (var rowBlock = 0; rowBlock < matrix.RowBlocks; rowBlock++)
            {
                for (var block = 0; block < matrix.ColumnBlocks; block++)
                {
                    Assert.True(state.ChangeOfRefit(rowBlock, block) > -1e-4 * error, $"{layout}: the scales of {rowBlock}, {block} can be bettered");
                }
            }
        }
    }

    [Fact]
    public void A_unit_matrix_is_coding_by_weight_to_the_bit() => Cases.Sample(
        (layer, options) =>
        {
            var unit = layer with { Gram = TestLayer.Unit(layer.Columns, 0.37f) };
            var plain = (BinaryCodedMatrix)layer.Code(options, calibrated: false).Matrix;
            var coded = unit.Code(options);

            Decoded.AssertSame(plain, (BinaryCodedMatrix)coded.Matrix);
            Assert.Equal(unit.SquaredOutputError(plain), coded.SquaredOutputError!.Value, 1e-5 * unit.SquaredOutputNorm());
        },
        iter: 20);

    [Fact]
    public void Powers_of_two_in_weights_and_inputs_change_nothing_but_the_exponent() => Cases.Sample(
        (layer, options) =>
        {
            var scaled = layer with
            {
                Weights = [.. layer.Weights.Select(w => MathF.ScaleB(w, -9))],
                Gram = layer.Gram with { Values = layer.Gram.Values.ToArray().Select(h => MathF.ScaleB(h, 14)).ToArray() },
            };
            var coded = (BinaryCodedMatrix)layer.Code(options).Matrix;
            var codedScaled = (BinaryCodedMatrix)scaled.Code(options).Matrix;

            Assert.Equal(coded.ScaleExponent - 9, codedScaled.ScaleExponent);
            Decoded.AssertSameParts(coded, codedScaled);
        },
        iter: 20);

    [Fact]
    public void Threads_do_not_change_a_bit() => Cases.Sample(
        (layer, options) => Decoded.AssertSame((BinaryCodedMatrix)layer.Code(options).Matrix, (BinaryCodedMatrix)layer.Code(options, threads: 3).Matrix),
        iter: 15);

    [Fact]
    public void Stored_scales_are_canonical() => Cases.Sample(
        (layer, options) =>
        {
            var matrix = (BinaryCodedMatrix)layer.Code(options).Matrix;
            for (var rowBlock = 0; rowBlock < matrix.RowBlocks; rowBlock++)
            {
                for (var block = 0; block < matrix.ColumnBlocks; block++)
                {
                    var scales = Enumerable.Range(0, matrix.Bits).Select(bit => matrix.Scale(rowBlock, block, bit)).ToArray();
                    Assert.All(scales, scale => Assert.InRange(scale, 0, float.MaxValue));
                    Assert.Equal(scales.OrderDescending(), scales);
                }
            }

            var beyond = layer.Columns % 32 == 0 ? 0 : uint.MaxValue << (layer.Columns % 32);
            for (var word = matrix.WordsPerRow - 1; word < matrix.Codes.Length; word += matrix.WordsPerRow)
            {
                Assert.Equal(0u, matrix.Codes.Span[word] & beyond);
            }
        },
        iter: 20);

    [Fact]
    public void Dead_inputs_leave_their_weights_near_what_they_were()
    {
        var layer = TestLayer.Correlated(16, 64, 5);
        var gram = layer.Gram.Values.ToArray();
        foreach (var dead in new[] { 0, 13, 63 })
        {
            for (var k = 0; k < 64; k++)
            {
                gram[dead * 64 + k] = gram[k * 64 + dead] = 0;
            }
        }

        foreach (var layout in Layouts)
        {
            var half = layer with { Gram = layer.Gram with { Values = gram } };
            var coded = half.Code(new ShiftAddAttribute(4) { Layout = layout });
            var decoded = coded.Matrix.Decode();

            Assert.Null(coded.Warning);
            for (var row = 0; row < 16; row++)
            {
                Assert.InRange(decoded[row * 64 + 13], layer.Weights[row * 64 + 13] - 1.5, layer.Weights[row * 64 + 13] + 1.5);
            }
        }
    }

    [Fact]
    public void A_matrix_of_rank_one_is_nearly_without_error()
    {
        // One input vector: a weight's error can always be made up for by others.
        var layer = TestLayer.Correlated(16, 64, 9, tokens: 1);
        foreach (var layout in Layouts)
        {
            var options = new ShiftAddAttribute(3) { Layout = layout };
            var plain = layer.RelativeOutputError(layer.Code(options, calibrated: false).Matrix);

            Assert.InRange(layer.RelativeOutputError(layer.Code(options).Matrix), 0, plain / 4);
        }
    }

    [Theory]
    [InlineData(0f, 0f, "zero throughout")]
    [InlineData(1f, 40f, "cannot be factored")]
    [InlineData(1f, float.NaN, "cannot be factored")]
    public void What_cannot_be_used_is_a_warning_and_coding_by_weight(float diagonal, float other, string text)
    {
        var layer = TestLayer.Correlated(9, 24, 3);
        var values = Enumerable.Range(0, 24 * 24).Select(i => i % 25 == 0 ? diagonal : other).ToArray();
        foreach (var layout in Layouts)
        {
            var options = new ShiftAddAttribute(3) { Layout = layout, GroupSize = 8 };
            var coded = (layer with { Gram = new Gram(24, values, 1) }).Code(options);

            Assert.Equal("RPB0119", coded.Warning!.Diagnostic.Id);
            Assert.Contains(text, coded.Warning.Text);
            Decoded.AssertSame((BinaryCodedMatrix)layer.Code(options, calibrated: false).Matrix, (BinaryCodedMatrix)coded.Matrix);
        }
    }

    [Fact]
    public void A_slightly_indefinite_matrix_is_damped_more()
    {
        // Eigenvalues 1 + 0.05 and 1 − 1.05: one percent is not enough, ten are.
        var layer = TestLayer.Correlated(8, 2, 3) with { Gram = new Gram(2, new float[] { 1, 1.05f, 1.05f, 1 }, 1) };

        Assert.Null(layer.Code(new ShiftAddAttribute(3) { Layout = AskedLayout.Row }).Warning);
    }

    [Fact]
    public void A_target_is_coded_in_place_of_the_weights()
    {
        var layer = TestLayer.Correlated(24, 64, 2);
        var own = FigureWeights.Gaussian(24, 64, 77);
        foreach (var layout in Layouts)
        {
            var options = new ShiftAddAttribute(3) { Layout = layout };
            var direct = layer.Code(options);
            var coded = ShiftAddCoder.Encode(own, 24, 64, options, new LayerCalibration(layer.Gram, layer.Weights), threads: 1);

            Decoded.AssertSame((BinaryCodedMatrix)direct.Matrix, (BinaryCodedMatrix)coded.Matrix);
            Assert.Equal(direct.SquaredOutputError, coded.SquaredOutputError);
            Assert.Equal(own.Sum(w => (double)w * w), coded.SquaredNorm, 1e-3);
            Assert.Equal(own.Zip(coded.Matrix.Decode(), (w, q) => ((double)w - q) * ((double)w - q)).Sum(), coded.SquaredError, 1e-3);
        }
    }

    [Fact]
    public void Zeros_constants_and_extremes_stay_finite()
    {
        foreach (var layout in Layouts)
        {
            foreach (var value in new[] { 0f, 1f, float.Epsilon, 1e38f, -3e38f })
            {
                var layer = TestLayer.Correlated(5, 19, 1) with { Weights = [.. Enumerable.Repeat(value, 5 * 19)] };
                foreach (var calibrated in new[] { false, true })
                {
                    var coded = layer.Code(new ShiftAddAttribute(3) { Layout = layout, GroupSize = 16 }, calibrated);
                    Assert.All(coded.Matrix.Decode(), w => Assert.True(float.IsFinite(w)));
                    Assert.InRange(Math.Sqrt(coded.SquaredError), 0, 0.01 * Math.Sqrt(coded.SquaredNorm) + float.Epsilon * 100.0);
                }
            }
        }
    }

    [Fact]
    public void A_cancelled_token_ends_the_work()
    {
        var layer = TestLayer.Correlated(32, 64, 1);
        foreach (var layout in Layouts)
        {
            var options = new ShiftAddAttribute(3) { Layout = layout };
            Assert.ThrowsAny<OperationCanceledException>(
                () => ShiftAddCoder.Encode(layer.Weights, 32, 64, options, layer.Calibration, threads: 1, cancellation: new CancellationToken(canceled: true)));
            Assert.ThrowsAny<OperationCanceledException>(
                () => ShiftAddCoder.Encode(layer.Weights, 32, 64, options, layer.Calibration, threads: 2, cancellation: new CancellationToken(canceled: true)));
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_told()
    {
        var layer = TestLayer.Correlated(4, 8, 1);
        var options = new ShiftAddAttribute(2) { Layout = AskedLayout.Block8 };

        Assert.Contains("do not fill 5 × 8", Assert.Throws<ArgumentException>(() => ShiftAddCoder.Encode(layer.Weights, 5, 8, options, layer.Calibration)).Message);
        Assert.Contains("do not fit 16 columns", Assert.Throws<ArgumentException>(() => ShiftAddCoder.Encode(layer.Weights, 2, 16, options, layer.Calibration)).Message);
        Assert.Throws<NonFiniteWeightException>(() => ShiftAddCoder.Encode(new float[] { 1, float.NaN }, 1, 2, options, new LayerCalibration(TestLayer.Unit(2))));
    }

    private static double Trace(Gram gram) => Enumerable.Range(0, gram.Columns).Sum(k => (double)gram.Values.Span[k * gram.Columns + k]);
}
