using CsCheck;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Codebook;
using Reparam.Compression.Tests.ShiftAdd.Binary;
using AskedLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.ShiftAdd.Codebook;

/// <summary>Calibrated coding in overlapped codebooks, measured in double precision.</summary>
public sealed class CalibratedCodebook_Tests
{
    private static readonly Gen<(TestLayer Layer, ShiftAddAttribute Options)> Cases =
        from rows in Gen.Int[1, 12]
        from columns in Gen.Int[1, 90]
        from seed in Gen.Int[0, 100_000]
        from heavy in Gen.Bool
        from tokens in Gen.Int[1, 200]
        from bits in Gen.Int[1, 4]
        select (TestLayer.Correlated(rows, columns, seed, heavy, tokens), Options(bits));

    [Theory]
    [InlineData(2, 0.082)]
    [InlineData(3, 0.0475)]
    public void Correlated_inputs_are_made_use_of(int bits, double bar)
    {
        var layer = TestLayer.Correlated(64, 256, 3);
        var found = layer.RelativeOutputError(layer.Code(Options(bits, CodingQuality.Default)).Matrix);
        Assert.InRange(found, 0.01, bar);
        Assert.InRange(found, 0, layer.RelativeOutputError(layer.Code(Options(bits, CodingQuality.Default), calibrated: false).Matrix) / 2);
    }

    [Fact]
    public void The_output_error_is_told_and_never_above_that_of_coding_by_weight() => Cases.Sample(
        (layer, options) =>
        {
            var plain = layer.SquaredOutputError(layer.Code(options, calibrated: false).Matrix);
            var coded = layer.Code(options);
            var found = layer.SquaredOutputError(coded.Matrix);
            Assert.Equal(layer.SquaredOutputNorm(), coded.SquaredOutputNorm!.Value, 1e-6 * layer.SquaredOutputNorm());
            Assert.Equal(found, coded.SquaredOutputError!.Value, 1e-6 * layer.SquaredOutputNorm());
            Assert.InRange(found, 0, plain * (1 + 1e-4) + 1e-5 * layer.SquaredOutputNorm());
        },
        iter: 20);

    [Fact]
    public void The_bytes_do_not_depend_on_the_threads() => Cases.Sample(
        (layer, options) =>
        {
            var (matrix, ofFour) = (layer.Code(options).Matrix, layer.Code(options, threads: 4).Matrix);
            if (matrix is BinaryCodedMatrix binary)
            {
                // A layer with an outlier is coded with a scale of its own for each column.
                Decoded.AssertSame(binary, (BinaryCodedMatrix)ofFour);
                return;
            }

            var (one, four) = ((CodebookMatrix)matrix, (CodebookMatrix)ofFour);
            Assert.Equal(one.Set.Entries.ToArray(), four.Set.Entries.ToArray());
            Assert.Equal(one.Indices.ToArray(), four.Indices.ToArray());
            Assert.Equal(one.SuperScales.ToArray(), four.SuperScales.ToArray());
        },
        iter: 6);

    [Fact]
    public void Inputs_without_correlation_change_nothing()
    {
        var layer = TestLayer.Correlated(6, 70, 5) with { Gram = TestLayer.Unit(70, 3) };
        var plain = (CodebookMatrix)layer.Code(Options(2), calibrated: false).Matrix;
        Assert.Equal(plain.Indices.ToArray(), ((CodebookMatrix)layer.Code(Options(2)).Matrix).Indices.ToArray());
    }

    [Fact]
    public void Zero_and_impossible_moments_are_coded_by_weight_with_a_warning()
    {
        var layer = TestLayer.Correlated(6, 40, 5);
        var plain = layer.Code(Options(2), calibrated: false);
        var impossible = new float[40 * 40];
        (impossible[0], impossible[41], impossible[1], impossible[40]) = (1, 1, 90, 90);
        foreach (var values in new[] { new float[40 * 40], impossible })
        {
            var coded = (layer with { Gram = new Gram(40, values, 1) }).Code(Options(2));
            Assert.Equal(plain.Matrix.Decode(), coded.Matrix.Decode());
            Assert.Equal("RPB0119", coded.Warning!.Diagnostic.Id);
        }
    }

    [Fact]
    public void A_target_is_coded_in_place_of_the_weights()
    {
        var layer = TestLayer.Correlated(5, 60, 5);
        var other = TestLayer.Correlated(5, 60, 6).Weights;
        var coded = ShiftAddCoder.Encode(layer.Weights, 5, 60, Options(3), layer.Calibration with { Target = other }, threads: 1);
        var direct = (layer with { Weights = other }).Code(Options(3));
        Assert.Equal(direct.Matrix.Decode(), coded.Matrix.Decode());
        Assert.Equal(direct.SquaredOutputError, coded.SquaredOutputError);
        Assert.Equal(layer.Weights.Zip(coded.Matrix.Decode(), (w, q) => Math.Pow((double)w - q, 2)).Sum(), coded.SquaredError, 1e-6 * coded.SquaredError);
    }

    [Fact]
    public void Costs_and_feedback_are_those_of_H() => Gen.Select(Gen.Int[1, 75], Gen.Int[0, 1000]).Sample(
        (columns, seed) =>
        {
            // The cost of a row's errors in double precision, quad by quad as the search counts it.
            var gram = TestLayer.Correlated(1, columns, seed, tokens: columns + 50).Gram;
            var plan = new SearchPlan([new(4, 4), new(4, 8)], 0.1);
            var curvature = SearchCurvature.TryCreate(plan, gram.Values.Span, columns, 0, 1, CancellationToken.None)!;
            var error = new TestLayer(RandomMatrix.Gaussian(1, columns, seed, 1), 1, columns, gram);
            var expected = error.SquaredOutputNorm();
            Assert.Equal(expected, Cost(curvature, error.Weights), 1e-3 * expected);

            // Compensated targets: what is missing to them costs D each.
            var target = (float[])error.Weights.Clone();
            curvature.Compensate(target, new float[columns]);
            Assert.Equal(expected, target.Select((c, k) => (double)c * c * curvature.Pivots.Span[k]).Sum(), 1e-3 * expected);
        },
        iter: 30);

    private static unsafe double Cost(SearchCurvature curvature, float[] errors)
    {
        var residuals = new double[curvature.Width];
        errors.Select(static error => (double)error).ToArray().CopyTo(residuals, 0);
        var total = 0.0;
        for (var quad = 0; quad < curvature.Width / 4; quad++)
        {
            for (var i = 0; i < 4; i++)
            {
                for (var j = 0; j < 4; j++)
                {
                    total += residuals[quad * 4 + i] * residuals[quad * 4 + j] * curvature.QuadCosts(quad)[i * 4 + j];
                }

                for (var k = quad * 4 + 4; k < curvature.Width; k++)
                {
                    residuals[k] += residuals[quad * 4 + i] * curvature.Feedback(quad * 4 + i)[k];
                }
            }
        }

        return total;
    }

    private static ShiftAddAttribute Options(int bits, CodingQuality quality = CodingQuality.Fast) => new(bits) { Layout = AskedLayout.Codebook, Quality = quality };
}
