using CsCheck;
using Reparam.Benchmarks.Figures;
using Reparam.Compression.Calibration;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.Tests.SecondOrder;

/// <summary>Rounding with error feedback, against the published algorithm in double precision.</summary>
public class ErrorFeedback_Tests
{
    private static readonly int[] Groups = [0, 1, 7, 32, 128];

    private static readonly Gen<(int Rows, int Columns, int Group, bool ActOrder, int Seed)> Cases =
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 150], Gen.Int[0, 4].Select(index => Groups[index]), Gen.Bool, Gen.Int[0, 1_000_000]);

    [Fact]
    public void The_result_is_that_of_the_published_algorithm()
    {
        foreach (var (columns, group) in ((int, int)[])[(128, 32), (96, 0), (130, 16)])
        {
            var (weights, gram) = Layer(48, columns, 5);
            var own = new MinMax(48, columns, group);
            ErrorFeedback.TryCreate(gram, group, actOrder: false)!.Run(weights, 48, own, "w");

            var published = new MinMax(48, columns, group);
            Published(weights, 48, gram, group == 0 ? columns : group, published);

            // Single precision may round a value in the middle between two levels to the other one; what follows then differs too.
            var same = own.Values.Zip(published.Values).Count(pair => Math.Abs(pair.First - pair.Second) < 1e-4);
            Assert.True(same > 0.97 * weights.Length, $"{same} of {weights.Length}");
            Assert.Equal(1, OutputError.Relative(weights, own.Values, gram) / OutputError.Relative(weights, published.Values, gram), 0.01);
        }
    }

    [Fact]
    public void Errors_are_those_of_what_was_stored() => Cases.Sample(
        (rows, columns, group, actOrder, seed) =>
        {
            var (weights, gram) = Layer(rows, columns, seed);
            var quantizer = new MinMax(rows, columns, group);
            var found = ErrorFeedback.TryCreate(gram, group, actOrder)!.Run(weights, rows, quantizer, "w");

            var (error, norm) = QuadraticForm.OfErrorAndNorm(weights, quantizer.Values, gram);
            Assert.Equal(weights.Zip(quantizer.Values).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2)), found.SquaredError, 1e-6 * (found.SquaredError + 1e-3));
            Assert.Equal(weights.Sum(weight => (double)weight * weight), found.SquaredNorm, 1e-6 * found.SquaredNorm);
            Assert.Equal(norm, found.SquaredOutputNorm, 1e-4 * norm);
            Assert.Equal(error, found.SquaredOutputError, 1e-3 * error + 1e-5 * norm);
        },
        iter: 60);

    [Fact]
    public void Every_column_is_rounded_once_and_groups_begin_before_their_columns() => Cases.Sample(
        (rows, columns, group, actOrder, seed) =>
        {
            var (weights, gram) = Layer(rows, columns, seed);
            var feedback = ErrorFeedback.TryCreate(gram, group, actOrder)!;
            var quantizer = new Recorder(rows, columns, feedback.GroupColumns);
            feedback.Run(weights, rows, quantizer, "w");

            Assert.All(quantizer.Rounded, count => Assert.Equal(1, count));
            Assert.Equal(Enumerable.Range(0, columns), feedback.Order.ToArray().Order());
        },
        iter: 30);

    [Fact]
    public void What_a_group_is_told_would_make_up_for_all_errors_before_it() => Cases.Sample(
        (rows, columns, group, actOrder, seed) =>
        {
            // Every second group stores what it was told, the others whole numbers: then the former are asked for just that.
            var (weights, gram) = Layer(rows, columns, seed);
            var feedback = ErrorFeedback.TryCreate(gram, group, actOrder)!;
            var quantizer = new Follower(rows, columns, feedback.GroupColumns);
            feedback.Run(weights, rows, quantizer, "w");

            Assert.InRange(quantizer.LargestSurprise, 0, 2e-3f);
        },
        iter: 30);

    [Fact]
    public void Threads_and_neighbouring_rows_do_not_change_a_bit()
    {
        var (weights, gram) = Layer(201, 133, 3);
        var feedback = ErrorFeedback.TryCreate(gram, 32, threads: 1)!;
        var one = new MinMax(201, 133, 32);
        var errors = feedback.Run(weights, 201, one, "w", threads: 1);
        foreach (var threads in (int[])[0, 2, 5])
        {
            var other = new MinMax(201, 133, 32);
            Assert.Equal(errors, ErrorFeedback.TryCreate(gram, 32, threads: threads)!.Run(weights, 201, other, "w", threads));
            Assert.Equal(one.Values, other.Values);
        }

        var alone = new MinMax(1, 133, 32);
        feedback.Run(weights.AsMemory(77 * 133, 133), 1, alone, "w");
        Assert.Equal(one.Values[(77 * 133)..(78 * 133)], alone.Values);
    }

    [Theory]
    [InlineData(-90)]
    [InlineData(-30)]
    [InlineData(100)]
    public void A_power_of_two_on_the_weights_is_one_on_the_result(int exponent)
    {
        var (weights, gram) = Layer(9, 40, 8);
        var feedback = ErrorFeedback.TryCreate(gram, 16)!;
        var (plain, scaled) = (new MinMax(9, 40, 16), new MinMax(9, 40, 16));
        var errors = feedback.Run(weights, 9, plain, "w");
        var scaledErrors = feedback.Run(weights.Select(weight => MathF.ScaleB(weight, exponent)).ToArray(), 9, scaled, "w");

        Assert.Equal(plain.Values.Select(value => MathF.ScaleB(value, exponent)), scaled.Values);
        Assert.Equal(Math.ScaleB(errors.SquaredOutputError, 2 * exponent), scaledErrors.SquaredOutputError);
    }

    [Fact]
    public void Fresh_inputs_profit_as_well()
    {
        var weights = FigureWeights.Gaussian(64, 256, 1);
        var inputs = new FigureInputs(256, 1);
        var known = FigureInputs.Gram(inputs.Draw(2048, 2), 256);
        var fresh = FigureInputs.Gram(inputs.Draw(2048, 3), 256);
        var quantizer = new MinMax(64, 256, 64);
        ErrorFeedback.TryCreate(known, 64)!.Run(weights, 64, quantizer, "w");
        var nearest = new MinMax(64, 256, 64);
        nearest.RoundAll(weights);

        Assert.True(OutputError.Relative(weights, quantizer.Values, fresh) < 0.6 * OutputError.Relative(weights, nearest.Values, fresh));
    }

    [Fact]
    public void Inputs_that_were_always_zero_are_rounded_too()
    {
        var (weights, gram) = Layer(5, 24, 4);
        var values = gram.Values.ToArray();
        for (var k = 0; k < 24; k++)
        {
            values[3 * 24 + k] = values[k * 24 + 3] = 0;
        }

        var quantizer = new MinMax(5, 24, 0);
        ErrorFeedback.TryCreate(gram with { Values = values }, 0)!.Run(weights, 5, quantizer, "w");

        Assert.All(quantizer.Values, value => Assert.True(float.IsFinite(value)));
        Assert.Null(ErrorFeedback.TryCreate(new Gram(24, new float[24 * 24], 1), 0));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var (weights, gram) = Layer(4, 12, 4);
        var feedback = ErrorFeedback.TryCreate(gram, 4)!;
        var quantizer = new MinMax(4, 12, 4);

        Assert.Contains("tensor 'w' has 48 weights; expected 5 × 12", Assert.Throws<ArgumentException>(() => feedback.Run(weights, 5, quantizer, "w")).Message);
        Assert.Contains("12 inputs have 100 values", Assert.Throws<ArgumentException>(() => ErrorFeedback.TryCreate(gram with { Values = new float[100] }, 4)).Message);
        weights[17] = float.NaN;
        Assert.Equal(17, Assert.Throws<NonFiniteWeightException>(() => feedback.Run(weights, 4, quantizer, "w")).Index);
    }

    private static (float[] Weights, Gram Gram) Layer(int rows, int columns, int seed) =>
        (FigureWeights.Gaussian(rows, columns, seed), FigureInputs.Gram(new FigureInputs(columns, seed).Draw(4 * columns + 8, seed + 1), columns));

    // GPTQ as its authors' code has it, a column at a time, with the inverse and its upper Cholesky factor, in double precision.
    private static void Published(float[] weights, int rows, Gram gram, int group, MinMax quantizer)
    {
        var n = gram.Columns;
        var h = new double[n, n];
        var damping = 0.01 * Enumerable.Range(0, n).Average(k => (double)gram.Values.Span[k * n + k]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                h[i, j] = gram.Values.Span[i * n + j] + (i == j ? damping : 0);
            }
        }

        // H⁻¹ = UᵀU with U upper: of the remaining inverse, each column takes its pivot's row and is eliminated.
        var inverse = Inverse(h);
        var upper = new double[n, n];
        for (var k = 0; k < n; k++)
        {
            var pivot = Math.Sqrt(inverse[k, k]);
            for (var j = k; j < n; j++)
            {
                upper[k, j] = inverse[k, j] / pivot;
            }

            for (var i = k + 1; i < n; i++)
            {
                for (var j = k + 1; j < n; j++)
                {
                    inverse[i, j] -= upper[k, i] * upper[k, j];
                }
            }
        }

        for (var row = 0; row < rows; row++)
        {
            var w = weights.Skip(row * n).Take(n).Select(weight => (double)weight).ToArray();
            for (var k = 0; k < n; k++)
            {
                if (k % group == 0)
                {
                    quantizer.Fit(row, k / group, w.Skip(k).Take(group).Select(value => (float)value));
                }

                var error = (w[k] - quantizer.Round(row, k, (float)w[k])) / upper[k, k];
                for (var j = k; j < n; j++)
                {
                    w[j] -= error * upper[k, j];
                }
            }
        }
    }

    private static double[,] Inverse(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var a = (double[,])matrix.Clone();
        var inverse = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            inverse[i, i] = 1;
        }

        for (var k = 0; k < n; k++)
        {
            var pivot = a[k, k];
            for (var j = 0; j < n; j++)
            {
                a[k, j] /= pivot;
                inverse[k, j] /= pivot;
            }

            for (var i = 0; i < n; i++)
            {
                var factor = i == k ? 0 : a[i, k];
                for (var j = 0; j < n; j++)
                {
                    a[i, j] -= factor * a[k, j];
                    inverse[i, j] -= factor * inverse[k, j];
                }
            }
        }

        return inverse;
    }

    // 3 bits between the smallest and the largest value of each group.
    private sealed class MinMax(int rows, int columns, int group) : IColumnQuantizer
    {
        private readonly int width = group == 0 ? columns : group;
        private readonly Dictionary<(int Row, int Group), (float Zero, float Scale)> levels = [];

        public float[] Values { get; } = new float[rows * columns];

        public void BeginGroup(int group, in ColumnTile targets)
        {
            for (var row = 0; row < targets.Rows; row++)
            {
                var own = new float[targets.Columns];
                for (var k = 0; k < own.Length; k++)
                {
                    own[k] = targets[k][row];
                }

                Fit(targets.FirstRow + row, group, own);
            }
        }

        public void Quantize(int column, int firstRow, ReadOnlySpan<float> targets, Span<float> values)
        {
            for (var row = 0; row < targets.Length; row++)
            {
                values[row] = Round(firstRow + row, column, targets[row]);
            }
        }

        public void Fit(int row, int index, IEnumerable<float> weights)
        {
            var all = weights.ToArray();
            lock (levels)
            {
                levels[(row, index)] = (all.Min(), (all.Max() - all.Min()) / 7);
            }
        }

        public float Round(int row, int column, float target)
        {
            (float Zero, float Scale) level;
            lock (levels)
            {
                level = levels[(row, column / width)];
            }

            var code = level.Scale == 0 ? 0 : Math.Clamp(MathF.Round((target - level.Zero) / level.Scale), 0, 7);
            return Values[row * columns + column] = level.Zero + code * level.Scale;
        }

        public void RoundAll(float[] weights)
        {
            for (var row = 0; row < rows; row++)
            {
                for (var begin = 0; begin < columns; begin += width)
                {
                    Fit(row, begin / width, weights[(row * columns + begin)..(row * columns + Math.Min(begin + width, columns))]);
                }

                for (var k = 0; k < columns; k++)
                {
                    Round(row, k, weights[row * columns + k]);
                }
            }
        }
    }

    private sealed class Recorder(int rows, int columns, int group) : IColumnQuantizer
    {
        private readonly int[] begun = new int[rows * ((columns + group - 1) / group)];

        public int[] Rounded { get; } = new int[rows * columns];

        public void BeginGroup(int index, in ColumnTile targets)
        {
            Assert.Equal((index * group, Math.Min(group, columns - index * group)), (targets.FirstColumn, targets.Columns));
            for (var row = 0; row < targets.Rows; row++)
            {
                begun[(targets.FirstRow + row) * (begun.Length / rows) + index]++;
            }
        }

        public void Quantize(int column, int firstRow, ReadOnlySpan<float> targets, Span<float> values)
        {
            for (var row = 0; row < targets.Length; row++)
            {
                Assert.Equal(1, begun[(firstRow + row) * (begun.Length / rows) + column / group]);
                Rounded[(firstRow + row) * columns + column]++;
                values[row] = MathF.Round(targets[row]);
            }
        }
    }

    private sealed class Follower(int rows, int columns, int group) : IColumnQuantizer
    {
        private readonly float[] told = new float[rows * columns];

        public float LargestSurprise { get; private set; }

        public void BeginGroup(int index, in ColumnTile targets)
        {
            for (var k = 0; k < targets.Columns; k++)
            {
                for (var row = 0; row < targets.Rows; row++)
                {
                    told[(targets.FirstRow + row) * columns + targets.FirstColumn + k] = targets[k][row];
                }
            }
        }

        public void Quantize(int column, int firstRow, ReadOnlySpan<float> targets, Span<float> values)
        {
            for (var row = 0; row < targets.Length; row++)
            {
                var follows = column / group % 2 == 1;
                var expected = told[(firstRow + row) * columns + column];
                values[row] = follows ? expected : MathF.Round(targets[row]);
                if (follows)
                {
                    lock (told)
                    {
                        LargestSurprise = Math.Max(LargestSurprise, Math.Abs(targets[row] - expected) / (1 + Math.Abs(expected)));
                    }
                }
            }
        }
    }
}
