using CsCheck;
using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.SecondOrder;
using Reparam.Compression.Uniform;

namespace Reparam.Compression.Tests.Uniform;

public class UniformCoder_Tests
{
    private static readonly Gen<(UniformAttribute Options, int Rows, int Columns, int Seed)> Cases =
        from bits in Gen.Int[2, 8]
        from groupSize in Gen.Int[0, 6]
        from symmetric in Gen.Bool
        from search in Gen.Bool
        from actOrder in Gen.Bool
        from nearest in Gen.Bool
        from rows in Gen.Int[1, 40]
        from columns in Gen.Int[1, 90]
        from seed in Gen.Int[0, 1_000_000]
        select (
            new UniformAttribute(bits)
            {
                GroupSize = 8 * groupSize,
                Symmetric = symmetric,
                ClipSearch = search,
                ActOrder = actOrder,
                Rounding = nearest ? UniformRounding.Nearest : UniformRounding.Auto,
            },
            rows, columns, seed);

    [Fact]
    public void What_is_coded_is_canonical_and_its_errors_are_those_of_its_values() => Cases.Sample(
        (options, rows, columns, seed) =>
        {
            var (weights, gram) = Layer(rows, columns, seed);
            foreach (var moments in (Gram?[])[null, gram])
            {
                var layer = Encode(weights, rows, columns, options, moments);
                var matrix = Assert.IsType<UniformMatrix>(layer.Matrix);
                Assert.Null(UniformFormat.Instance.Problem(matrix));
                Assert.Equal((options.Bits, options.Symmetric), (matrix.Bits, matrix.IsSymmetric));
                Assert.Equal(options.GroupSize < columns ? options.GroupSize : 0, matrix.GroupSize);

                var decoded = matrix.Decode();
                var squared = weights.Zip(decoded).Sum(static pair => Math.Pow((double)pair.First - pair.Second, 2));
                Assert.Equal(squared, layer.SquaredError, 1e-5 * (squared + 1e-3));
                Assert.Equal(weights.Sum(static weight => (double)weight * weight), layer.SquaredNorm, 1e-6 * layer.SquaredNorm);
                if (moments is null)
                {
                    Assert.Null(layer.SquaredOutputError);
                    continue;
                }

                var (error, norm) = QuadraticForm.OfErrorAndNorm(weights, decoded, moments);
                Assert.Equal(error, layer.SquaredOutputError!.Value, 1e-3 * error + 1e-5 * norm);
                Assert.Equal(norm, layer.SquaredOutputNorm!.Value, 1e-4 * norm);
            }
        },
        iter: 60);

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var (weights, gram) = Layer(133, 200, 3);
        UniformAttribute[] all =
        [
            new(4), new(3) { GroupSize = 64, ActOrder = true }, new(2) { GroupSize = 32, ClipSearch = true }, new(8) { GroupSize = 0 },
        ];
        foreach (var options in all)
        {
            foreach (var moments in (Gram?[])[null, gram])
            {
                var one = (UniformMatrix)Encode(weights, 133, 200, options, moments, threads: 1).Matrix;
                foreach (var threads in (int[])[0, 3])
                {
                    var other = (UniformMatrix)Encode(weights, 133, 200, options, moments, threads).Matrix;
                    Assert.Equal(one.Codes.ToArray(), other.Codes.ToArray());
                    Assert.Equal(one.Scales.ToArray(), other.Scales.ToArray());
                    Assert.Equal(one.ZeroPoints.ToArray(), other.ZeroPoints.ToArray());
                }
            }
        }
    }

    [Fact]
    public void Nearest_rounding_is_within_half_a_step() => Cases.Sample(
        (options, rows, columns, seed) =>
        {
            options.ClipSearch = false;
            var (weights, _) = Layer(rows, columns, seed);
            var matrix = (UniformMatrix)Encode(weights, rows, columns, options, null).Matrix;
            var decoded = matrix.Decode();
            for (var i = 0; i < weights.Length; i++)
            {
                var step = matrix.Scale(i / columns, i % columns / matrix.GroupColumns);

                // The stored step may be 2^-11 of itself too small for the end of the range.
                Assert.InRange(Math.Abs((double)weights[i] - decoded[i]), 0, step * (0.5 + 256 * Math.ScaleB(1, -11)));
            }
        },
        iter: 60);

    [Theory]
    [InlineData(1e-38f)]
    [InlineData(1e-30f)]
    [InlineData(1e30f)]
    [InlineData(3e38f)]
    public void Weights_of_any_range_are_coded_alike(float factor)
    {
        var weights = Enumerable.Range(0, 64 * 5).Select(static i => MathF.Sin(i * 1.7f)).ToArray();
        var scaled = weights.Select(weight => weight * factor).ToArray();
        foreach (var symmetric in (bool[])[false, true])
        {
            var options = new UniformAttribute(4) { GroupSize = 32, Symmetric = symmetric };
            var layer = Encode(scaled, 5, 64, options, null);
            var expected = Encode(weights, 5, 64, options, null);
            Assert.Null(UniformFormat.Instance.Problem((UniformMatrix)layer.Matrix));
            var (found, plain) = (Relative(scaled, layer), Relative(weights, expected));
            Assert.InRange(found / plain, 0.98, 1.02);
        }
    }

    [Fact]
    public void The_largest_and_the_smallest_floats_are_coded()
    {
        float[] weights =
        [
            float.MaxValue, -float.MaxValue, 1e38f, 0, float.MaxValue, float.MaxValue, 0, 0,
            float.Epsilon, -float.Epsilon, 3 * float.Epsilon, 0, 0, 0, 0, 0,
            1e-40f, 2e-40f, 3e-40f, -1e-40f, 0, 0, 0, 0,
        ];
        foreach (var bits in (int[])[2, 4, 8])
        {
            foreach (var symmetric in (bool[])[false, true])
            {
                foreach (var search in (bool[])[false, true])
                {
                    var matrix = (UniformMatrix)Encode(weights, 3, 8, new UniformAttribute(bits) { Symmetric = symmetric, ClipSearch = search }, null).Matrix;
                    Assert.Null(UniformFormat.Instance.Problem(matrix));
                    var decoded = matrix.Decode();
                    Assert.All(decoded, static value => Assert.True(float.IsFinite(value)));
                    if (bits == 8 && !symmetric)
                    {
                        // Eight bits hold these subnormals as they are.
                        Assert.Equal(weights[8..16], decoded[8..16]);
                        Assert.All(Enumerable.Range(16, 8), i => Assert.Equal(weights[i], decoded[i], 1e-42f));
                    }
                }
            }
        }
    }

    [Fact]
    public void Zero_groups_stay_zero_and_cost_their_neighbours_nothing()
    {
        var (weights, gram) = Layer(20, 40, 6);
        for (var row = 0; row < 20; row++)
        {
            weights.AsSpan(row * 40 + 8, 8).Clear();
        }

        weights.AsSpan(7 * 40, 40).Clear();
        foreach (var symmetric in (bool[])[false, true])
        {
            var options = new UniformAttribute(4) { GroupSize = 8, Symmetric = symmetric };
            var nearest = Encode(weights, 20, 40, options, null).Matrix.Decode();
            Assert.All(Enumerable.Range(0, 20), row => Assert.Equal(new float[8], nearest[(row * 40 + 8)..(row * 40 + 16)]));
            Assert.Equal(new float[40], nearest[280..320]);
            Assert.All(weights.Index().Where(static weight => Math.Abs(weight.Item) > 1), weight => Assert.NotEqual(0, nearest[weight.Index]));

            // A row that is zero gives no errors, so feedback leaves it.
            var feedback = Encode(weights, 20, 40, options, gram).Matrix.Decode();
            Assert.Equal(new float[40], feedback[280..320]);
        }
    }

    [Fact]
    public void Constant_rows_keep_their_constant()
    {
        var weights = Enumerable.Range(0, 4).SelectMany(static row => Enumerable.Repeat(row - 1.5f, 24)).ToArray();
        foreach (var bits in (int[])[2, 5, 8])
        {
            var decoded = Encode(weights, 4, 24, new UniformAttribute(bits), null).Matrix.Decode();
            Assert.All(weights.Zip(decoded), static pair => Assert.Equal(pair.First, pair.Second, Math.Abs(pair.First) / 2048));
        }

        // A symmetric grid ends half a step before the largest magnitude, whatever the sign.
        var symmetric = Encode(weights, 4, 24, new UniformAttribute(4) { Symmetric = true }, null).Matrix.Decode();
        Assert.All(weights.Zip(symmetric), static pair => Assert.InRange(pair.Second / pair.First, 0.93, 1.07));
    }

    [Fact]
    public void An_outlier_costs_its_group_alone()
    {
        var (weights, _) = Layer(3, 64, 9);
        var plain = Encode(weights, 3, 64, new UniformAttribute(4) { GroupSize = 16 }, null).Matrix.Decode();
        weights[64 + 20] = 1e20f;
        var decoded = Encode(weights, 3, 64, new UniformAttribute(4) { GroupSize = 16 }, null).Matrix.Decode();
        Assert.Equal(1e20f, decoded[84], 1e17f);
        Assert.Equal(plain[..64], decoded[..64]);
        Assert.Equal(plain[128..], decoded[128..]);
    }

    [Fact]
    public void Inputs_that_were_always_zero_are_rounded_to_the_nearest_or_near_it()
    {
        var (weights, gram) = Layer(16, 48, 4);
        var values = gram.Values.ToArray();
        for (var k = 0; k < 48; k++)
        {
            values[5 * 48 + k] = values[k * 48 + 5] = 0;
        }

        foreach (var actOrder in (bool[])[false, true])
        {
            var options = new UniformAttribute(4) { GroupSize = 16, ActOrder = actOrder };
            var matrix = (UniformMatrix)Encode(weights, 16, 48, options, gram with { Values = values }).Matrix;
            var decoded = matrix.Decode();
            for (var row = 0; row < 16; row++)
            {
                var i = row * 48 + 5;
                Assert.InRange(Math.Abs(weights[i] - decoded[i]), 0, 8 * matrix.Scale(row, 0));
            }
        }

        var silent = Encode(weights, 16, 48, new UniformAttribute(4), gram with { Values = new float[48 * 48] });
        Assert.Contains("rounded to the nearest", silent.Note);
        Assert.Equal(Encode(weights, 16, 48, new UniformAttribute(4), null).Matrix.Decode(), silent.Matrix.Decode());
    }

    [Fact]
    public void A_target_is_coded_in_place_of_the_weights()
    {
        var (weights, gram) = Layer(6, 24, 1);
        var (target, _) = Layer(6, 24, 2);
        var options = new UniformAttribute(8) { GroupSize = 0 };
        var layer = UniformCoder.Encode(new LayerJob("w", weights, 6, 24, options, new LayerCalibration(gram, target)));
        var plain = Encode(target, 6, 24, options, gram);
        Assert.Equal(plain.Matrix.Decode(), layer.Matrix.Decode());
        Assert.Equal(plain.SquaredError, layer.SquaredError);

        target[30] = float.PositiveInfinity;
        var refused = Assert.Throws<NonFiniteWeightException>(
            () => UniformCoder.Encode(new LayerJob("w", weights, 6, 24, options, new LayerCalibration(gram, target))));
        Assert.Equal(30, refused.Index);
    }

    [Fact]
    public void A_weight_that_is_not_a_number_is_refused_by_its_place()
    {
        var (weights, _) = Layer(3, 20, 1);
        weights[47] = float.NaN;
        Assert.Equal(47, Assert.Throws<NonFiniteWeightException>(() => Encode(weights, 3, 20, new UniformAttribute(4), null)).Index);
    }

    [Fact]
    public void Feedback_without_calibration_is_refused()
    {
        var (weights, _) = Layer(3, 20, 1);
        var refused = Assert.Throws<UncodableLayerException>(
            () => Encode(weights, 3, 20, new UniformAttribute(4) { Rounding = UniformRounding.ErrorFeedback }, null));
        Assert.Equal("RPB0114", refused.Problem.Diagnostic.Id);
        Assert.Contains("tensor 'w' is coded by uniform with error feedback, which needs calibration", refused.Message);
    }

    [Fact]
    public void A_cancelled_job_ends()
    {
        var (weights, gram) = Layer(40, 80, 1);
        using var source = new CancellationTokenSource();
        source.Cancel();
        foreach (var moments in (Gram?[])[null, gram])
        {
            var calibration = moments is null ? null : new LayerCalibration(moments);
            var job = new LayerJob("w", weights, 40, 80, new UniformAttribute(4), calibration, Cancellation: source.Token);
            Assert.ThrowsAny<OperationCanceledException>(() => UniformCoder.Encode(job));
        }
    }

    private static double Relative(float[] weights, CodedLayer layer)
    {
        var decoded = layer.Matrix.Decode();
        var largest = weights.Max(Math.Abs);
        return Math.Sqrt(weights.Zip(decoded).Sum(pair => Math.Pow(((double)pair.First - pair.Second) / largest, 2)));
    }

    private static (float[] Weights, Gram Gram) Layer(int rows, int columns, int seed) =>
        (FigureWeights.Gaussian(rows, columns, seed), FigureInputs.Gram(new FigureInputs(columns, seed).Draw(4 * columns + 8, seed + 1), columns));

    private static CodedLayer Encode(float[] weights, int rows, int columns, MethodOptions options, Gram? gram, int threads = 0) =>
        UniformCoder.Encode(new LayerJob("w", weights, rows, columns, options, gram is null ? null : new LayerCalibration(gram), threads));
}
