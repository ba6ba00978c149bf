using CsCheck;
using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.Tests.ShiftAdd.Nested;

/// <summary>Coding in nested profiles under second moments, against sums in double precision.</summary>
public class CalibratedNested_Tests
{
    private const double Damping = 0.01;

    private static readonly Gen<(float[] Weights, int Rows, int Columns, Gram Gram, ShiftAddAttribute Options)> Cases =
        from rows in Gen.Int[1, 40]
        from columns in Gen.OneOf(Gen.Int[1, 40], Gen.Int[1, 130])
        from tokens in Gen.OneOf(1, 5, 200)
        from seed in Gen.Int[0, 1000]
        from dead in Gen.Int[0, 3]
        from scale in Gen.OneOf(1f, 1e-15f, 1e15f)
        from bits in Gen.Int[1, 4]
        from actOrder in Gen.Bool
        from compensate in Gen.Bool
        from sweeps in Gen.Int[0, 3]
        let random = new Random(seed)
        select (
            Draw(random, rows * columns, scale),
            rows,
            columns,
            GramOf(random, tokens, columns, dead, 1 / scale),
            new ShiftAddAttribute(bits) { ActOrder = actOrder, Compensate = compensate, Sweeps = sweeps, Quality = CodingQuality.Fast });

    [Fact]
    public void The_errors_are_those_of_the_decoded_weights() => Cases.Sample(
        c =>
        {
            var coded = NestedCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options, new LayerCalibration(c.Gram));
            var decoded = coded.Matrix.Decode();
            Assert.All(decoded, w => Assert.True(float.IsFinite(w)));

            var (error, norm) = Moments(c.Weights, decoded, c.Gram, 0);
            norm = Math.Max(0, norm);
            Assert.Equal(norm, coded.SquaredOutputNorm!.Value, 1e-4 * norm);
            Assert.Equal(Math.Sqrt(Math.Max(0, error)), Math.Sqrt(Math.Max(0, coded.SquaredOutputError!.Value)), 2e-3 * Math.Sqrt(norm));

            Assert.Equal(NestedMatrices.RelativeError(c.Weights, coded.Matrix), Math.Sqrt(coded.SquaredError / coded.SquaredNorm), 1e-4);
        },
        iter: 60);

    [Fact]
    public void The_bytes_do_not_depend_on_the_threads() => Cases.Sample(
        c =>
        {
            var expected = NestedCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options, new LayerCalibration(c.Gram), threads: 1);
            var actual = NestedCoder.Encode(c.Weights, c.Rows, c.Columns, c.Options, new LayerCalibration(c.Gram), threads: 3);

            NestedMatrices.AssertSame((NestedMatrix)expected.Matrix, (NestedMatrix)actual.Matrix);
            Assert.Equal(expected.SquaredOutputError, actual.SquaredOutputError);
        },
        iter: 20);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_sweep_raises_the_error(int bits)
    {
        const int Rows = 20;
        const int Columns = 150;
        var weights = RandomMatrix.HeavyTailed(Rows, Columns, 5);
        var gram = Inputs(Columns, 5);
        var errors = new[] { 0, 1, 2, 3, 20 }.Select(sweeps =>
        {
            var coded = NestedCoder.Encode(weights, Rows, Columns, new ShiftAddAttribute(bits) { Sweeps = sweeps }, new LayerCalibration(gram));
            return Moments(weights, coded.Matrix.Decode(), gram, Damping).Error;
        }).ToArray();
        for (var i = 1; i < errors.Length; i++)
        {
            Assert.InRange(errors[i], 0, errors[i - 1] * (1 + 1e-5));
        }

        Assert.InRange(errors[^1], 0, 0.98 * errors[0]);
    }

    [Fact]
    public void In_the_end_no_single_code_can_be_bettered()
    {
        const int Rows = 6;
        const int Columns = 70;
        var weights = RandomMatrix.Gaussian(Rows, Columns, 7);
        var gram = Inputs(Columns, 7);
        var matrix = (NestedMatrix)NestedCoder.Encode(weights, Rows, Columns, new ShiftAddAttribute(3) { Sweeps = 100 }, new LayerCalibration(gram)).Matrix;
        var decoded = matrix.Decode();
        var ridge = Ridge(gram, Damping);
        for (var row = 0; row < Rows; row++)
        {
            var total = Moments(weights.AsSpan(row * Columns, Columns), decoded.AsSpan(row * Columns, Columns), gram, Damping).Error;
            for (var k = 0; k < Columns; k++)
            {
                var gradient = 0.0;
                for (var j = 0; j < Columns; j++)
                {
                    var h = gram.Values.Span[k * Columns + j] + (j == k ? ridge : 0);
                    gradient += h * ((double)decoded[row * Columns + j] - weights[row * Columns + j]);
                }

                var curvature = gram.Values.Span[k * Columns + k] + ridge;
                var profile = matrix.Table.Profile(matrix.Profile(row, k / NestedMatrix.GroupSize));
                var unit = Math.ScaleB((double)matrix.Unit(row, k / NestedMatrix.GroupSize), matrix.ScaleExponent);
                for (var code = 0; code < 8; code++)
                {
                    var level = profile[3] + ((code & 1) * 2 - 1) * profile[0] + ((code & 2) - 1) * profile[1] + ((code & 4) / 2 - 1) * profile[2];
                    var step = (level * unit) - decoded[row * Columns + k];
                    Assert.True(step * (2 * gradient + step * curvature) > -1e-4 * total, $"row {row}, column {k}: a step of {step} lowers {total} by {-step * (2 * gradient + step * curvature)}");
                }
            }
        }
    }

    [Theory]
    [InlineData(2, 0.070)]
    [InlineData(3, 0.037)]
    [InlineData(4, 0.0205)]
    public void Second_moments_bring_the_output_error_down(int bits, double bar)
    {
        var weights = RandomMatrix.Gaussian(128, 256, 3);
        var gram = Inputs(256, 3);
        var dataFree = NestedCoder.Encode(weights, 128, 256, new ShiftAddAttribute(bits));
        var coded = NestedCoder.Encode(weights, 128, 256, new ShiftAddAttribute(bits), new LayerCalibration(gram));
        var error = Math.Sqrt(coded.SquaredOutputError!.Value / coded.SquaredOutputNorm!.Value);

        Assert.InRange(error, 0.5 * bar, bar);
        Assert.InRange(error, 0, OutputError.Relative(weights, dataFree.Matrix.Decode(), gram) / 2);
        Assert.Equal(((NestedMatrix)dataFree.Matrix).StoredBytes, coded.Matrix.StoredBytes);
    }

    [Fact]
    public void The_best_quality_is_no_worse_in_either_order()
    {
        var weights = RandomMatrix.HeavyTailed(40, 100, 3);
        var calibration = new LayerCalibration(Inputs(100, 3));
        var options = new ShiftAddAttribute(3) { Quality = CodingQuality.Best };
        var best = NestedCoder.Encode(weights, 40, 100, options, calibration).SquaredOutputError!.Value;

        Assert.InRange(best, 0, NestedCoder.Encode(weights, 40, 100, options.With(o => o.Quality = CodingQuality.Default), calibration).SquaredOutputError!.Value);
        Assert.InRange(best, 0, NestedCoder.Encode(weights, 40, 100, options.With(o => { o.ActOrder = false; o.Quality = CodingQuality.Default; }), calibration).SquaredOutputError!.Value);
    }

    [Fact]
    public void Inputs_without_correlation_leave_the_weight_error()
    {
        var weights = RandomMatrix.Gaussian(64, 128, 3);
        var unit = new float[128 * 128];
        for (var k = 0; k < 128; k++)
        {
            unit[k * 128 + k] = 3;
        }

        var options = new ShiftAddAttribute(3);
        var dataFree = NestedMatrices.RelativeError(weights, 64, 128, options);
        var coded = NestedCoder.Encode(weights, 64, 128, options, new LayerCalibration(new Gram(128, unit, 1000)));

        Assert.Equal(Math.Sqrt(coded.SquaredError / coded.SquaredNorm), Math.Sqrt(coded.SquaredOutputError!.Value / coded.SquaredOutputNorm!.Value), 1e-5);
        Assert.InRange(Math.Sqrt(coded.SquaredError / coded.SquaredNorm), 0, dataFree * 1.01);
    }

    [Fact]
    public void Inputs_that_were_all_zero_say_nothing()
    {
        var weights = RandomMatrix.Gaussian(8, 32, 3);
        var options = new ShiftAddAttribute(3);
        var coded = NestedCoder.Encode(weights, 8, 32, options, new LayerCalibration(new Gram(32, new float[32 * 32], 10)));

        NestedMatrices.AssertSame((NestedMatrix)NestedCoder.Encode(weights, 8, 32, options).Matrix, (NestedMatrix)coded.Matrix);
        Assert.Equal("RPB0119", coded.Warning?.Diagnostic.Id);
    }

    [Fact]
    public void The_target_is_coded_and_the_weights_are_measured()
    {
        var weights = RandomMatrix.Gaussian(16, 64, 3);
        var target = RandomMatrix.Gaussian(16, 64, 4);
        var gram = Inputs(64, 3);
        var coded = NestedCoder.Encode(weights, 16, 64, new ShiftAddAttribute(4), new LayerCalibration(gram, target));

        Assert.InRange(NestedMatrices.RelativeError(target, coded.Matrix), 0, 0.15);
        Assert.Equal(NestedMatrices.RelativeError(weights, coded.Matrix), Math.Sqrt(coded.SquaredError / coded.SquaredNorm), 1e-6);
        var (error, norm) = Moments(target, coded.Matrix.Decode(), gram, 0);
        Assert.Equal(Math.Sqrt(error / norm), Math.Sqrt(coded.SquaredOutputError!.Value / coded.SquaredOutputNorm!.Value), 1e-4);
    }

    [Fact]
    public void Cancellation_ends_the_work()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => NestedCoder.Encode(new float[1 << 14], 128, 128, new ShiftAddAttribute(3), new LayerCalibration(Inputs(128, 1)), cancellation: source.Token));
    }

    private static Gram Inputs(int columns, int seed) => FigureInputs.Gram(new FigureInputs(columns, seed).Draw(400, seed), columns);

    private static float[] Draw(Random random, int count, float scale)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(random.NextDouble() + random.NextDouble() - 1) * scale;
        }

        return values;
    }

    private static Gram GramOf(Random random, int tokens, int columns, int dead, float scale)
    {
        var inputs = Draw(random, tokens * columns, scale);
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = i % columns < dead ? 0 : inputs[i];
        }

        return FigureInputs.Gram(inputs, columns);
    }

    private static double Ridge(Gram gram, double damping)
    {
        var trace = 0.0;
        for (var k = 0; k < gram.Columns; k++)
        {
            trace += gram.Values.Span[k * gram.Columns + k];
        }

        return damping * trace / gram.Columns;
    }

    private static (double Error, double Norm) Moments(ReadOnlySpan<float> weights, ReadOnlySpan<float> decoded, Gram gram, double damping)
    {
        var n = gram.Columns;
        var ridge = Ridge(gram, damping);
        double error = 0, norm = 0;
        for (var row = 0; row < weights.Length; row += n)
        {
            for (var i = 0; i < n; i++)
            {
                double distances = 0, values = 0;
                for (var j = 0; j < n; j++)
                {
                    var h = gram.Values.Span[i * n + j] + (i == j ? ridge : 0);
                    distances += h * ((double)weights[row + j] - decoded[row + j]);
                    values += h * weights[row + j];
                }

                error += distances * ((double)weights[row + i] - decoded[row + i]);
                norm += values * weights[row + i];
            }
        }

        return (error, norm);
    }
}
