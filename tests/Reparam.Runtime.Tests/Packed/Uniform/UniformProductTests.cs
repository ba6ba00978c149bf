using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Packed.Uniform;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed.Uniform;

/// <summary>Products of matrices on uniform grids against sums in double precision.</summary>
public class UniformProductTests
{
    private static readonly (int Rows, int Columns, int GroupSize)[] Shapes =
        [(1, 1, 0), (3, 5, 0), (16, 32, 0), (17, 40, 32), (40, 130, 64), (33, 300, 128), (50, 515, 256), (64, 256, 8), (31, 700, 0), (9, 1100, 136)];

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Products_agree_with_sums_in_double_precision(KernelPath path, KernelPrecision precision)
    {
        foreach (var (rows, columns, groupSize) in Shapes)
        {
            for (var bits = 2; bits <= 8; bits++)
            {
                foreach (var symmetric in (bool[])[true, false])
                {
                    var matrix = UniformMatrices.Random(rows, columns, bits, groupSize, symmetric);
                    var packed = PackedMatrix.Create(matrix, path, precision);
                    foreach (var batch in (int[])[1, 2, 3, 5, 33])
                    {
                        var x = CodedMatrices.Gaussian(batch * columns);
                        var bias = CodedMatrices.Gaussian(rows, seed: 9);
                        var y = new float[batch * rows];
                        packed.Multiply(x, y, batch, bias);
                        var error = new ProductOracle(matrix, x, batch, bias).RelativeError(y);
                        Assert.True(
                            error <= KernelCases.Bound(path, precision),
                            $"error {error:e2}, [{rows}, {columns}], {bits} bits, groups of {groupSize}, {batch} input rows");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void The_bits_depend_on_neither_threads_nor_the_other_rows_of_a_batch(KernelPath path, KernelPrecision precision)
    {
        const int Rows = 250;
        const int Columns = 520;
        foreach (var bits in (int[])[2, 4, 5, 6, 7, 8])
        {
            var packed = PackedMatrix.Create(UniformMatrices.Random(Rows, Columns, bits, 128, symmetric: bits % 2 == 0), path, precision);
            const int Batch = 37;
            var x = CodedMatrices.Gaussian(Batch * Columns);
            var expected = new float[Batch * Rows];
            for (var i = 0; i < Batch; i++)
            {
                packed.Multiply(x.AsSpan(i * Columns, Columns), expected.AsSpan(i * Rows, Rows), 1, default, new WorkerPool(1));
            }

            foreach (var threads in (int[])[1, 2, 3])
            {
                var pool = new WorkerPool(threads);
                for (var batch = 2; batch <= Batch; batch += batch < 9 ? 1 : 7)
                {
                    var y = new float[batch * Rows];
                    packed.Multiply(x.AsSpan(0, batch * Columns), y, batch, default, pool);
                    Assert.Equal(expected[..y.Length], y);
                }
            }
        }
    }

    [Fact]
    public void Every_vector_path_gives_the_same_bits_in_the_default_precision()
    {
        for (var bits = 2; bits <= 8; bits++)
        {
            var matrix = UniformMatrices.Random(70, 700, bits, 0, symmetric: bits % 2 == 1);
            var x = CodedMatrices.Gaussian(7 * 700);
            var found = KernelCases.VectorPaths.Select(path => Product(PackedMatrix.Create(matrix, path, KernelPrecision.Default), x, 7)).ToArray();
            Assert.All(found, y => Assert.Equal(found[0], y));
        }
    }

    [Fact]
    public void Kernels_of_four_bytes_at_a_time_give_the_same_bits()
    {
        if (!Avx2.IsSupported)
        {
            return;
        }

        for (var bits = 2; bits <= 8; bits++)
        {
            var kernels = bits <= 4
                ? UniformKernelTable.Dot<IntegerLanes256, NibbleCodes, WideningDot, IntegerLanes256>()
                : UniformKernelTable.Dot<IntegerLanes256, ByteCodes, WideningDot, IntegerLanes256>();
            foreach (var inputs in (UniformInputs?[])[null, UniformMatrices.Inputs(8, 1)])
            {
                var matrix = UniformMatrices.Random(40, 130, bits, 64, symmetric: bits % 2 == 0, inputs);
                var plan = new IntegerPlan(matrix, kernels, KernelPrecision.Default, inputs);
                foreach (var batch in (int[])[1, 2, 5, 7, 32])
                {
                    var x = CodedMatrices.Gaussian(batch * 130);
                    Assert.Equal(
                        Product(PackedMatrix.Create(matrix, KernelPath.Vector128, KernelPrecision.Default), x, batch),
                        Product(new IntegerMatrix(matrix, 0, 40, KernelPath.Avx2, plan), x, batch));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Sums_of_the_largest_integers_do_not_overflow(KernelPath path, KernelPrecision precision)
    {
        // All weights 255 and all inputs alike: every partial sum is as large as it can be.
        foreach (var (bits, columns) in ((int, int)[])[(8, 40000), (6, 4096), (5, 4096), (4, 4096), (2, 4096)])
        {
            var integers = new byte[3 * columns];
            integers.AsSpan().Fill((byte)((1 << bits) - 1));
            var matrix = UniformMatrices.Of(3, columns, bits, 0, integers, [(Half)1, (Half)1, (Half)1], [0, 0, 0], [0, 0, 0]);
            foreach (var sign in (float[])[1, -1])
            {
                var x = Enumerable.Repeat(sign, columns).ToArray();
                var expected = sign * columns * ((1 << bits) - 1.0);
                Assert.All(Product(PackedMatrix.Create(matrix, path, precision), x, 1), y => Assert.Equal(1, y / expected, 5e-5));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Inputs_that_are_not_finite_spoil_their_row_alone_and_others_of_any_size_lose_nothing(KernelPath path, KernelPrecision precision)
    {
        foreach (var bits in (int[])[3, 6, 8])
        {
            var matrix = UniformMatrices.Random(20, 200, bits, 64, symmetric: false);
            var packed = PackedMatrix.Create(matrix, path, precision);
            var x = CodedMatrices.Gaussian(6 * 200);
            x[7] = float.NaN;
            x[200 + 199] = float.PositiveInfinity;
            x.AsSpan(400, 200).Clear();
            Scale(x.AsSpan(600, 200), 1e-36f);
            Scale(x.AsSpan(800, 200), 1e34f);
            var y = Product(packed, x, 6);
            Assert.All(y[..40], value => Assert.True(float.IsNaN(value)));
            Assert.All(y[40..60], value => Assert.Equal(0, value));
            var error = new ProductOracle(matrix, x[600..], 3).RelativeError(y[60..]);
            Assert.True(error <= KernelCases.Bound(path, precision), $"error {error:e2}, {bits} bits");
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Right_kernels_stay_within_the_bound(KernelPath path, KernelPrecision precision)
    {
        foreach (var (rows, columns, groupSize) in Shapes)
        {
            for (var bits = 2; bits <= 8; bits++)
            {
                foreach (var exponent in (int[])[0, -100, 100])
                {
                    var matrix = UniformMatrices.Random(rows, columns, bits, groupSize, symmetric: bits % 2 == 0, exponent: exponent);
                    var owed = path == KernelPath.Scalar ? KernelPrecision.Exact : precision;
                    var bounds = Enumerable.Range(0, rows).Select(row => ProductBound.Of(matrix, row, owed)).ToArray();
                    var x = PackedCanary.Input(5, columns);
                    var y = Product(PackedMatrix.Create(matrix, path, precision), x, 1);
                    var weights = new float[columns];
                    for (var row = 0; row < rows; row++)
                    {
                        matrix.DecodeRow(row, weights);
                        var error = Math.Abs(y[row] - weights.Zip(x, (weight, value) => (double)weight * value).Sum());
                        Assert.True(error <= bounds[row].Error, $"{error} beyond {bounds[row].Error} in row {row} of {rows} × {columns}, {bits} bits");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Rows_of_any_size_beside_each_other_stay_within_the_bound(KernelPath path, KernelPrecision precision)
    {
        const int Columns = 256;
        sbyte[] exponents = [-125, -60, 0, 60, 115];
        foreach (var bits in (int[])[2, 4, 8])
        {
            var integers = new byte[exponents.Length * Columns];
            new Random(bits).NextBytes(integers);
            var scales = Enumerable.Repeat((Half)1, exponents.Length).ToArray();
            var matrix = UniformMatrices.Of(
                exponents.Length, Columns, bits, 0, [.. integers.Select(integer => (byte)(integer >> (8 - bits)))], scales, exponents);
            var owed = path == KernelPath.Scalar ? KernelPrecision.Exact : precision;
            var x = PackedCanary.Input(5, Columns);
            var y = Product(PackedMatrix.Create(matrix, path, precision), x, 1);
            var weights = new float[Columns];
            for (var row = 0; row < matrix.Rows; row++)
            {
                matrix.DecodeRow(row, weights);
                var error = Math.Abs(y[row] - weights.Zip(x, (weight, value) => (double)weight * value).Sum());
                Assert.True(error <= ProductBound.Of(matrix, row, owed).Error, $"error {error:e2} in row {row}, {bits} bits");
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Some_rows_are_those_of_the_whole_matrix_and_decode_as_it_does(KernelPath path, KernelPrecision precision)
    {
        foreach (var bits in (int[])[4, 7])
        {
            var matrix = UniformMatrices.Random(60, 200, bits, 64, symmetric: false);
            var x = CodedMatrices.Gaussian(3 * 200);
            var whole = Product(PackedMatrix.Create(matrix, path, precision), x, 3);
            var part = PackedMatrix.Create(matrix, 19, 35, path, precision);
            var y = Product(part, x, 3);
            var (found, expected) = (new float[200], new float[200]);
            for (var row = 0; row < 35; row++)
            {
                part.DecodeRow(row, found);
                matrix.DecodeRow(19 + row, expected);
                Assert.Equal(expected, found);
                for (var i = 0; i < 3; i++)
                {
                    Assert.Equal(whole[(i * 60) + 19 + row], y[(i * 35) + row], 1e-3);
                }
            }
        }
    }

    private static float[] Product(PackedMatrix packed, float[] x, int batch)
    {
        var y = new float[batch * packed.Rows];
        packed.Multiply(x, y, batch);
        return y;
    }

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref var value in values)
        {
            value *= factor;
        }
    }
}
