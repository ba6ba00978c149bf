using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Packed.Uniform;
using Reparam.Runtime.Tests.Loading;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Packed.Uniform;

/// <summary>Matrices that round their inputs to a grid of the model.</summary>
public class UniformInputTests
{
    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void The_products_of_the_rounded_inputs_are_exact_in_every_precision(KernelPath path, KernelPrecision precision)
    {
        // Scales are powers of two and sums small, so that single precision holds every product exactly.
        foreach (var (rows, columns, groupSize) in ((int, int, int)[])[(1, 1, 0), (33, 40, 32), (20, 100, 0), (64, 96, 48)])
        {
            for (var bits = 2; bits <= 8; bits++)
            {
                foreach (var inputBits in (int[])[2, 7, 8])
                {
                    var inputs = UniformMatrices.Inputs(inputBits, 1, seed: bits);
                    var random = UniformMatrices.Random(rows, columns, bits, groupSize, symmetric: bits % 2 == 0, inputs);
                    var matrix = new UniformMatrix(
                        rows, columns, bits, groupSize, random.Codes, Enumerable.Repeat((Half)0.5, random.Scales.Length).ToArray(),
                        new sbyte[rows], random.ZeroPoints, inputs);
                    const int Batch = 5;
                    var x = CodedMatrices.Gaussian(Batch * columns).Select(value => value * 4).ToArray();
                    var seen = UniformMatrices.Rounded(inputs, x, columns);
                    var y = new float[Batch * rows];
                    PackedMatrix.Create(matrix, path, precision).Multiply(x, y, Batch);
                    Assert.Equal(Expected(matrix, seen, Batch), y.Select(value => (double)value));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Channels_have_grids_of_their_own(KernelPath path, KernelPrecision precision)
    {
        foreach (var (columns, channels) in ((int, int)[])[(36, 4), (160, 160)])
        {
            var inputs = UniformMatrices.Inputs(8, channels);
            var matrix = UniformMatrices.Random(20, columns, 8, 0, symmetric: false, inputs);
            var x = CodedMatrices.Gaussian(3 * columns);
            var y = new float[3 * 20];
            PackedMatrix.Create(matrix, path, precision).Multiply(x, y, 3);
            var error = new ProductOracle(matrix, UniformMatrices.Rounded(inputs, x, columns), 3).RelativeError(y);

            // In the precision fast too: 8 bits are the model's, no more are lost.
            Assert.True(error <= KernelCases.Bound(path, precision == KernelPrecision.Fast ? KernelPrecision.Default : precision), $"error {error:e2}");
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Inputs_beyond_the_grid_are_clamped_and_those_that_are_not_finite_spoil_their_row_alone(KernelPath path, KernelPrecision precision)
    {
        var inputs = new UniformInputs(8, (float[])[0.125f], (byte[])[100]);
        var matrix = UniformMatrices.Random(18, 64, 8, 0, symmetric: true, inputs);
        var x = new float[3 * 64];
        x.AsSpan(0, 32).Fill(1e30f);
        x.AsSpan(32, 32).Fill(-float.MaxValue);
        x[64] = float.NaN;
        x[130] = float.NegativeInfinity;
        var y = new float[3 * 18];
        PackedMatrix.Create(matrix, path, precision).Multiply(x, y, 3);
        Assert.All(y[18..], value => Assert.True(float.IsNaN(value)));
        var error = new ProductOracle(matrix, UniformMatrices.Rounded(inputs, x[..64], 64), 1).RelativeError(y[..18]);
        Assert.True(error <= 1e-6, $"error {error:e2}");
    }

    [Theory]
    [MemberData(nameof(KernelCases.Vector), MemberType = typeof(KernelCases))]
    public void Sums_of_the_largest_integers_do_not_overflow(KernelPath path)
    {
        foreach (var columns in (int[])[32768, 40000])
        {
            foreach (var (input, zero) in ((float, byte)[])[(255, 0), (-255, 255)])
            {
                var integers = new byte[columns];
                integers.AsSpan().Fill(255);
                var matrix = UniformMatrices.Of(1, columns, 8, 0, integers, [(Half)1], [0], [0], new UniformInputs(8, (float[])[1], (byte[])[zero]));
                var y = new float[1];
                PackedMatrix.Create(matrix, path).Multiply(Enumerable.Repeat(input, columns).ToArray(), y, 1);
                Assert.Equal(1, y[0] / (255.0 * input * columns), 5e-5);
            }
        }
    }

    [Fact]
    public void Files_pass_the_check_of_every_path_in_every_precision()
    {
        using var file = new TemporaryFile();
        var writer = new PackedFileWriter();
        var number = 0;
        foreach (var inputs in (UniformInputs?[])[null, UniformMatrices.Inputs(8, 1), UniformMatrices.Inputs(4, 72)])
        {
            for (var bits = 2; bits <= 8; bits++)
            {
                var matrix = UniformMatrices.Random(40, 72, bits, bits % 3 == 0 ? 8 : 0, symmetric: bits % 2 == 0, inputs);
                writer.AddLayer($"w{number++}", "uniform", [40, 72], StoredType.F32, matrix);
            }
        }

        var checks = 0;
        writer.Write(file.Path, review: packed =>
        {
            checks = packed.Canaries.Count;
            SelfCheck.Run(packed, default);
        });
        Assert.Equal(number, checks);
    }

    private static double[] Expected(UniformMatrix matrix, float[] x, int batch)
    {
        var expected = new double[batch * matrix.Rows];
        var weights = new float[matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, weights);
            for (var i = 0; i < batch; i++)
            {
                for (var k = 0; k < weights.Length; k++)
                {
                    expected[(i * matrix.Rows) + row] += (double)weights[k] * x[(i * matrix.Columns) + k];
                }
            }
        }

        return expected;
    }
}
