using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

public class PackedProductTests
{
    [Theory]
    [MemberData(nameof(KernelCases.PathsAndGroups), MemberType = typeof(KernelCases))]
    public void Any_number_of_columns_agrees_with_the_float64_sum(KernelPath path, int groupSize)
    {
        for (var columns = 1; columns <= 257; columns++)
        {
            var bits = 1 + columns % 4;
            AssertAgrees(CodedMatrices.Random(1 + columns * 5 % 19, columns, bits, groupSize), path, batch: 1);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndGroups), MemberType = typeof(KernelCases))]
    public void Any_width_and_number_of_rows_agrees_with_the_float64_sum(KernelPath path, int groupSize)
    {
        for (var rows = 1; rows <= 257; rows += rows < 40 ? 3 : 23)
        {
            for (var bits = 1; bits <= 4; bits++)
            {
                AssertAgrees(CodedMatrices.Random(rows, 1 + rows * 11 % 150, bits, groupSize), path, batch: 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndGroups), MemberType = typeof(KernelCases))]
    public void Any_batch_agrees_with_the_float64_sum_and_with_its_rows_elsewhere(KernelPath path, int groupSize)
    {
        foreach (var batch in (int[])[2, 3, 15, 16, 17, 31, 32, 33, 40, 67, 130])
        {
            var matrix = CodedMatrices.Random(33, 110 + batch, 1 + batch % 4, groupSize);
            var x = CodedMatrices.Gaussian(batch * matrix.Columns);
            var bias = CodedMatrices.Gaussian(matrix.Rows);
            var oracle = new ProductOracle(matrix, x, batch, bias);
            foreach (var precision in KernelCases.Precisions(path))
            {
                var packed = PackedMatrix.Create(matrix, path, precision);
                var y = new float[batch * matrix.Rows];
                packed.Multiply(x, y, batch, bias);
                Assert.InRange(oracle.RelativeError(y), 0, KernelCases.Bound(path, precision, batch));

                // A row's bits in the smallest batch of the same kind, at its first place.
                var smallest = batch < BatchedForm.MinInputs ? 1 : BatchedForm.MinInputs;
                var (others, elsewhere) = (CodedMatrices.Gaussian(smallest * matrix.Columns), new float[smallest * matrix.Rows]);
                for (var i = 0; i < batch; i++)
                {
                    x.AsSpan(i * matrix.Columns, matrix.Columns).CopyTo(others);
                    packed.Multiply(others, elsewhere, smallest, bias);
                    Assert.Equal(elsewhere[..matrix.Rows], y[(i * matrix.Rows)..((i + 1) * matrix.Rows)]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Many_input_rows_have_the_same_bits_on_any_threads_and_in_any_passes(KernelPath path, KernelPrecision precision)
    {
        // Rows so long that a pass has 16 of them; several pieces for each thread.
        foreach (var (rows, columns, batch) in ((int, int, int)[])[(40, 25000, 45), (900, 400, 150)])
        {
            var packed = PackedMatrix.Create(CodedMatrices.Random(rows, columns, 2, 128), path, precision);
            var x = CodedMatrices.Gaussian(batch * columns);
            var (y, shared) = (new float[batch * rows], new float[batch * rows]);
            packed.Multiply(x, y, batch, default, new WorkerPool(1));
            packed.Multiply(x, shared, batch, default, new WorkerPool(3));
            Assert.Equal(y, shared);

            // The last 32 rows alone are cut elsewhere.
            var (last, first) = (new float[BatchedForm.MinInputs * rows], batch - BatchedForm.MinInputs);
            packed.Multiply(x.AsSpan(first * columns), last, BatchedForm.MinInputs);
            Assert.Equal(y[(first * rows)..], last);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Rows_multiplied_together_have_the_bits_that_each_has_alone(KernelPath path, KernelPrecision precision)
    {
        foreach (var (rows, columns, groupSize) in ((int, int, int)[])[(300, 1500, 128), (530, 700, 32), (260, 900, 16)])
        {
            var matrix = CodedMatrices.Random(rows, columns, 2, groupSize);
            var packed = PackedMatrix.Create(matrix, path, precision);
            foreach (var batch in (int[])[2, 4, 17])
            {
                var x = CodedMatrices.Gaussian(batch * columns);
                var y = new float[batch * rows];
                packed.Multiply(x, y, batch);
                var alone = new float[rows];
                for (var i = 0; i < batch; i++)
                {
                    packed.Multiply(x.AsSpan(i * columns, columns), alone, 1);
                    Assert.Equal(alone, y[(i * rows)..((i + 1) * rows)]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndGroups), MemberType = typeof(KernelCases))]
    public void Power_of_two_scales_and_exponents_agree_with_the_float64_sum(KernelPath path, int groupSize)
    {
        foreach (var exponent in (int[])[-100, -20, 0, 9, 90])
        {
            for (var terms = 0; terms <= 3; terms++)
            {
                var matrix = CodedMatrices.Random(21, 203, 3, groupSize, terms, exponent);
                AssertAgrees(matrix, path, batch: 2, scale: MathF.ScaleB(1, -exponent / 2));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void Half_scales_that_are_subnormal_largest_or_negative_count_in_full(KernelPath path)
    {
        Half[][] sets =
        [
            [Half.Epsilon, (Half)3e-6, (Half)5e-5, (Half)6e-5],
            [Half.MaxValue, (Half)1, (Half)0, Half.Epsilon],
            [(Half)(-1.5), (Half)2, (Half)(-0.25), (Half)(-0.0)],
        ];
        foreach (var set in sets)
        {
            const int Rows = 19, Columns = 256, Bits = 2, Groups = 4;
            var scales = Enumerable.Range(0, Rows * Groups * Bits).Select(i => set[i % set.Length]).ToArray();
            var codes = CodedMatrices.Codes(Rows, Columns, Bits, new Random(5));
            var matrix = new BinaryCodedMatrix(Rows, Columns, Bits, 64, 0, codes, scales);
            AssertAgrees(matrix, path, batch: 1);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void Inputs_of_any_size_agree_with_the_float64_sum(KernelPath path)
    {
        var matrix = CodedMatrices.Random(40, 300, 3, 64, scaleExponent: -12);
        foreach (var scale in (float[])[1e36f, 1e20f, 1e-20f, 1e-35f])
        {
            AssertAgrees(matrix, path, batch: 2, scale);
        }

        var growing = CodedMatrices.Random(40, 300, 3, 64, scaleExponent: 60);
        AssertAgrees(growing, path, batch: 2, scale: 1e-41f);
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void An_input_far_above_the_others_keeps_the_error_bound(KernelPath path)
    {
        var matrix = CodedMatrices.Random(64, 512, 3, 128);
        var x = CodedMatrices.Gaussian(512);
        x[77] = 1000;
        x[300] = -1e-30f;
        AssertAgrees(matrix, x, path, batch: 1);
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndGroups), MemberType = typeof(KernelCases))]
    public void Sums_from_the_smallest_to_the_largest_agree_with_the_float64_sum(KernelPath path, int groupSize)
    {
        // From row to row more signs agree with those of inputs of about the same size, until almost the largest entry of every table is looked up.
        const int Rows = 33, Columns = 392, Bits = 2, Words = (Columns + 31) / 32;
        var random = new Random(groupSize);
        var x = new float[2 * Columns];
        for (var k = 0; k < Columns; k++)
        {
            x[k] = (1 + (random.NextSingle() / 16)) * (random.Next(2) == 0 ? 3 : -3);
            x[Columns + k] = -x[k] / 5;
        }

        var codes = new uint[Bits * Rows * Words];
        for (var i = 0; i < Bits * Rows * Columns; i++)
        {
            var (row, k) = (i / Columns % Rows, i % Columns);
            var agrees = random.Next(Rows - 1) < row;
            codes[(i / Columns * Words) + (k / 32)] |= (agrees == x[k] > 0 ? 1u : 0u) << (k % 32);
        }

        var groups = groupSize == 0 ? 1 : (Columns + groupSize - 1) / groupSize;
        var scales = Enumerable.Range(0, Rows * groups * Bits).Select(i => (Half)(1 + (i % 7))).ToArray();
        var matrix = new BinaryCodedMatrix(Rows, Columns, Bits, groupSize, 0, codes, scales);
        var oracle = new ProductOracle(matrix, x, 2);
        foreach (var precision in KernelCases.Precisions(path))
        {
            // Sums that do not cancel are larger than the norm supposes, and so is their rounding.
            var y = new float[2 * Rows];
            var packed = PackedMatrix.Create(matrix, path, precision);
            packed.Multiply(x, y, 2);
            Assert.InRange(oracle.RelativeError(y), 0, 4 * KernelCases.Bound(path, precision));

            var alone = new float[Rows];
            packed.Multiply(x.AsSpan(Columns), alone, 1);
            Assert.Equal(y[Rows..], alone);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Zeros_of_either_sign_give_the_bias(KernelPath path, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(18, 70, 3, 32), path, precision);
        var bias = CodedMatrices.Gaussian(18);
        foreach (var batch in (int[])[2, 34])
        {
            var x = new float[batch * 70];
            x.AsSpan(70).Fill(-0f);
            var y = new float[batch * 18];
            packed.Multiply(x, y, batch, bias);
            Assert.Equal(Enumerable.Repeat(bias, batch).SelectMany(row => row), y);

            packed.Multiply(x, y, batch);
            Assert.All(y, value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_nan_or_an_infinity_spoils_its_own_row_throughout(KernelPath path, KernelPrecision precision)
    {
        var matrix = CodedMatrices.Random(35, 90, 2, 32);
        var packed = PackedMatrix.Create(matrix, path, precision);
        foreach (var nonFinite in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            foreach (var place in (int[])[0, 31, 64, 89])
            {
                foreach (var batch in (int[])[3, 35])
                {
                    var x = CodedMatrices.Gaussian(batch * 90);
                    x[90 + place] = nonFinite;
                    var y = new float[batch * 35];
                    packed.Multiply(x, y, batch);
                    Assert.All(y[35..70], value => Assert.Equal(float.NaN, value));
                    Assert.All(y[..35], value => Assert.True(float.IsFinite(value)));
                    Assert.All(y[70..], value => Assert.True(float.IsFinite(value)));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_sum_beyond_the_range_of_a_float_is_infinite(KernelPath path, KernelPrecision precision)
    {
        var codes = new uint[] { uint.MaxValue };
        var matrix = new BinaryCodedMatrix(1, 32, 1, 0, 0, codes, new Half[] { (Half)8 });
        foreach (var batch in (int[])[1, 32])
        {
            var x = new float[batch * 32];
            x.AsSpan().Fill(3e38f);
            var y = new float[batch];
            PackedMatrix.Create(matrix, path, precision).Multiply(x, y, batch);
            Assert.All(y, value => Assert.Equal(float.PositiveInfinity, value));
        }
    }

    private static void AssertAgrees(BinaryCodedMatrix matrix, KernelPath path, int batch, float scale = 1)
    {
        var x = CodedMatrices.Gaussian(batch * matrix.Columns);
        foreach (ref var value in x.AsSpan())
        {
            value *= scale;
        }

        AssertAgrees(matrix, x, path, batch);
    }

    // With these input rows, and with so many of them one after the other, again and again, that another kernel may be taken.
    private static void AssertAgrees(BinaryCodedMatrix matrix, float[] x, KernelPath path, int batch)
    {
        var oracle = new ProductOracle(matrix, x, batch);
        var count = BatchedForm.MinInputs + 1;
        float[] many = [.. Enumerable.Range(0, count).SelectMany(i => x[(i % batch * matrix.Columns)..(((i % batch) + 1) * matrix.Columns)])];
        foreach (var precision in KernelCases.Precisions(path))
        {
            var packed = PackedMatrix.Create(matrix, path, precision);
            var y = new float[batch * matrix.Rows];
            packed.Multiply(x, y, batch);
            AssertWithin(y, batch);

            var more = new float[count * matrix.Rows];
            packed.Multiply(many, more, count);
            AssertWithin(more[..y.Length], count);
            for (var i = batch; i < count; i++)
            {
                Assert.Equal(more[(i % batch * matrix.Rows)..(((i % batch) + 1) * matrix.Rows)], more[(i * matrix.Rows)..((i + 1) * matrix.Rows)]);
            }

            void AssertWithin(float[] outputs, int inputs)
            {
                var error = oracle.RelativeError(outputs);
                Assert.True(
                    error <= KernelCases.Bound(path, precision, inputs),
                    $"error {error:e2} for {precision}, [{matrix.Rows}, {matrix.Columns}], {matrix.Bits} bits, groups of {matrix.GroupSize}");
            }
        }
    }
}
