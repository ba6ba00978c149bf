using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>The layouts column and block8 with row blocks of any size against the float64 sum, in whatever way they run.</summary>
public class ColumnScalesTests
{
    private static readonly string[] Layouts = ["column", "block8"];

    private static readonly int[] BlockRows = [1, 5, 8, 16, 24, 32, 63, 64, 128];

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Any_row_block_agrees_with_the_float64_sum(KernelPath path, KernelPrecision precision)
    {
        foreach (var (layout, blockRows) in Layouts.SelectMany(layout => BlockRows.Select(blockRows => (layout, blockRows))))
        {
            foreach (var rows in (int[])[1, 8, 15, 16, 33, 150])
            {
                foreach (var columns in (int[])[1, 7, 8, 9, 33, 65, 128, 130, 257, 1100])
                {
                    var matrix = CodedMatrices.SharedScales(layout, rows, columns, 1 + ((rows + columns) % 4), blockRows, columns % 4);
                    AssertAgrees(matrix, path, precision, batch: 1 + (columns % 3), $"{layout}, blocks of {blockRows}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void The_rows_of_a_block_decide_how_a_matrix_runs(KernelPath path, KernelPrecision precision)
    {
        foreach (var (layout, blockRows) in Layouts.SelectMany(layout => BlockRows.Select(blockRows => (layout, blockRows))))
        {
            var matrix = CodedMatrices.SharedScales(layout, 257, 40, 3, blockRows, 2);
            Assert.Equal(CodedMatrices.WayOf(matrix, path, precision), CodedMatrices.WayOf(PackedMatrix.Create(matrix, path, precision)));
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void An_input_row_gives_the_same_bits_in_any_batch(KernelPath path, KernelPrecision precision)
    {
        const int Rows = 300;
        foreach (var (layout, blockRows, columns) in ((string, int, int)[])
            [
                ("block8", 8, 40), ("block8", 16, 700), ("block8", 24, 96), ("block8", 5, 64), ("block8", 63, 100),
                ("column", 16, 300), ("column", 40, 70), ("column", 260, 64),
            ])
        {
            var matrix = CodedMatrices.SharedScales(layout, Rows, columns, 3, blockRows, 0);
            var packed = PackedMatrix.Create(matrix, path, precision);
            var x = CodedMatrices.Gaussian(40 * columns);
            var alone = new float[40 * Rows];
            for (var i = 0; i < 40; i++)
            {
                packed.Multiply(x.AsSpan(i * columns, columns), alone.AsSpan(i * Rows, Rows), 1);
            }

            var many = alone;
            if (packed is ColumnScaleMatrix)
            {
                // From tiles, which sum in another order.
                many = new float[40 * Rows];
                packed.Multiply(x, many, 40);
                Assert.InRange(new ProductOracle(matrix, x, 40).RelativeError(many), 0, KernelCases.Bound(path, precision));
            }

            Assert.InRange(new ProductOracle(matrix, x, 40).RelativeError(alone), 0, KernelCases.Bound(path, precision));
            for (var batch = 2; batch <= 40; batch++)
            {
                var together = new float[batch * Rows];
                packed.Multiply(x.AsSpan(0, batch * columns), together, batch);
                Assert.Equal((batch < ColumnTileProduct.MinInputs ? alone : many)[..(batch * Rows)], together);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Many_inputs_agree_with_the_float64_sum(KernelPath path, KernelPrecision precision)
    {
        foreach (var (layout, blockRows) in Layouts.SelectMany(layout => ((int[])[16, 24, 100, 260]).Select(blockRows => (layout, blockRows))))
        {
            foreach (var (rows, columns, batch) in ((int, int, int)[])
                [(16, 1, 4), (17, 31, 5), (33, 32, 6), (49, 127, 7), (64, 128, 8), (150, 129, 9), (260, 257, 33), (300, 1100, 13), (20, 5000, 67)])
            {
                var matrix = CodedMatrices.SharedScales(layout, rows, columns, 1 + ((rows + columns) % 4), blockRows, columns % 4);
                AssertAgrees(matrix, path, precision, batch, $"{layout}, blocks of {blockRows}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Of_many_inputs_each_has_a_range_of_its_own(KernelPath path, KernelPrecision precision)
    {
        const int Rows = 40, Columns = 300;
        float[] sizes = [1, 0, -0f, 1e-44f, 1e-38f, 3e38f, float.NaN, float.PositiveInfinity, 1e20f, float.NegativeInfinity, 1e-20f];
        foreach (var layout in Layouts)
        {
            var matrix = CodedMatrices.SharedScales(layout, Rows, Columns, 4, 16, 0);
            var packed = PackedMatrix.Create(matrix, path, precision);
            var x = CodedMatrices.Gaussian(sizes.Length * Columns);
            for (var i = 0; i < sizes.Length; i++)
            {
                foreach (ref var value in x.AsSpan(i * Columns, Columns))
                {
                    value = float.IsFinite(sizes[i]) ? Math.Clamp(value / 8, -1, 1) * sizes[i] : value;
                }

                x[(i * Columns) + (31 * i % Columns)] = sizes[i];
            }

            var y = new float[sizes.Length * Rows];
            packed.Multiply(x, y, sizes.Length);
            for (var i = 0; i < sizes.Length; i++)
            {
                var (row, sums) = (x[(i * Columns)..((i + 1) * Columns)], y[(i * Rows)..((i + 1) * Rows)]);
                if (!float.IsFinite(sizes[i]))
                {
                    Assert.All(sums, value => Assert.Equal(float.NaN, value));
                }
                else if (Array.TrueForAll(row, value => value == 0))
                {
                    Assert.All(sums, value => Assert.Equal(0, value));
                }
                else if (Math.Abs(sizes[i]) is > 1e-30f and < 1e30f)
                {
                    Assert.InRange(new ProductOracle(matrix, row, 1).RelativeError(sums), 0, KernelCases.Bound(path, precision));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Inputs_that_follow_the_signs_overflow_nothing(KernelPath path, KernelPrecision precision)
    {
        // Every sum is as large as it may be: all weights are positive or all negative, and all scales are the largest.
        foreach (var (blockRows, sign) in ((int, uint)[])[(8, uint.MaxValue), (16, 0u)])
        {
            var codes = new uint[4 * 32 * 8];
            codes.AsSpan().Fill(sign);
            var scales = new Half[32 / blockRows * 32 * 4];
            scales.AsSpan().Fill(Half.MaxValue);
            var matrix = new BinaryCodedMatrix(32, 256, 4, 8 * blockRows, 0, codes, scales, format: BinaryFormat.Block8);
            var x = new float[256];
            x.AsSpan().Fill(1.9999999f);
            var y = new float[32];
            PackedMatrix.Create(matrix, path, precision).Multiply(x, y, 1);
            var expected = (sign == 0 ? -1 : 1) * 256 * 4 * 65504 * 1.9999999;
            Assert.All(y, value => Assert.InRange(value / expected, 1 - KernelCases.Bound(path, precision), 1 + KernelCases.Bound(path, precision)));
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Scales_of_any_size_agree_with_the_float64_sum_and_come_back_bit_for_bit(KernelPath path, KernelPrecision precision)
    {
        foreach (var (kind, term) in ((string, Func<Random, byte>)[])
            [
                ("any", random => BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-99, 28))),
                ("least", random => BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-99, -96))),
                ("largest", random => BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(25, 28))),
                ("sparse", random => random.Next(9) == 0 ? BinaryCodedMatrix.EncodeTerm(false, random.Next(-3, 1)) : (byte)0),
                ("none", _ => 0),
            ])
        {
            foreach (var (layout, blockRows, scaleTerms) in ((string, int, int)[])
                [("block8", 8, 1), ("block8", 16, 1), ("block8", 16, 3), ("block8", 30, 2), ("column", 16, 3), ("column", 24, 2)])
            {
                var plain = CodedMatrices.SharedScales(layout, 70, 300, 3, blockRows, scaleTerms);
                var random = new Random(blockRows);
                byte[] terms = [.. plain.Terms.ToArray().Select(_ => term(random))];
                var matrix = new BinaryCodedMatrix(70, 300, 3, plain.GroupSize, 5, plain.Codes, default, terms, scaleTerms, CodedMatrices.Binary(layout));
                AssertAgrees(matrix, path, precision, batch: 2, kind);
                AssertDecodes(matrix, path, precision);
            }
        }

        foreach (var least in (ushort[])[0, 1, 0x03FF])
        {
            var plain = Random(40, 90, 2, 16, 0);
            var random = new Random(least);
            Half[] scales = [.. plain.Scales.ToArray().Select(_ => BitConverter.UInt16BitsToHalf((ushort)(random.Next(3) == 0 ? random.Next(0x7C00) : least)))];
            var matrix = new BinaryCodedMatrix(40, 90, 2, 8 * 16, -5, plain.Codes, scales, format: BinaryFormat.Block8);
            AssertAgrees(matrix, path, precision, batch: 2, $"halves above {least}");
            AssertDecodes(matrix, path, precision);
        }
    }

    [Fact]
    public void Scales_that_need_more_bits_than_the_bound_allows_are_left_to_tiles()
    {
        // 1 is the largest scale; 2^-14 its unit. Half a unit on each of the other 15 groups is 15·2^-30 of a sum of squares of 1.
        Assert.True(Fits(0x3C00, 0x3C00, 0, out var exact) && exact);
        Assert.True(Fits(0x3C00, 0x0400, 0, out exact) && exact);
        Assert.False(Fits(0x3C00, 0x0200, 0, out _));
        Assert.True(Fits(0x7BFF, 0x7BFF, 0x0001, out exact) && !exact);
        Assert.True(Fits(0x0001, 0x0001, 0x0001, out exact) && exact);
        Assert.True(Fits(0, 0, 0, out exact) && exact);

        static bool Fits(ushort first, ushort others, ushort last, out bool exact)
        {
            var scales = new Half[16];
            scales.AsSpan().Fill(BitConverter.UInt16BitsToHalf(others));
            (scales[0], scales[15]) = (BitConverter.UInt16BitsToHalf(first), BitConverter.UInt16BitsToHalf(last));
            return Block8Scales.Fit(new BinaryCodedMatrix(16, 128, 1, 128, 0, new uint[64], scales, format: BinaryFormat.Block8), 16, out exact);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Rows_that_begin_at_a_multiple_of_eight_give_the_same_bits_and_weights(KernelPath path, KernelPrecision precision)
    {
        foreach (var blockRows in (int[])[8, 16, 24, 64])
        {
            var matrix = Random(290, 90, 3, blockRows, 2);
            var x = CodedMatrices.Gaussian(90);
            var whole = new float[290];
            PackedMatrix.Create(matrix, path, precision).Multiply(x, whole, 1);
            foreach (var (first, rows) in ((int, int)[])[(0, 290), (8, 60), (16, 2), (72, 64), (288, 1)])
            {
                var part = PackedMatrix.Create(matrix, first, rows, path, precision);
                var y = new float[rows];
                part.Multiply(x, y, 1);
                Assert.Equal(whole[first..(first + rows)], y);
                AssertDecodes(matrix, path, precision, first, rows);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Neither_threads_nor_concurrent_calls_change_a_bit(KernelPath path, KernelPrecision precision)
    {
        var matrix = PackedMatrix.Create(Random(1051, 700, 3, 16, 0), path, precision);
        foreach (var batch in (int[])[1, 3])
        {
            var x = CodedMatrices.Gaussian(batch * 700);
            var expected = new float[batch * 1051];
            matrix.Multiply(x, expected, batch, default, new WorkerPool(1));
            var pool = new WorkerPool(3);
            var failures = 0;
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                var y = new float[batch * 1051];
                for (var round = 0; round < 10; round++)
                {
                    matrix.Multiply(x, y, batch, default, pool);
                    Interlocked.Add(ref failures, y.AsSpan().SequenceEqual(expected) ? 0 : 1);
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(0, failures);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Joined_and_gated_products_are_those_of_one_by_one(KernelPath path, KernelPrecision precision)
    {
        var gate = PackedMatrix.Create(Random(75, 200, 3, 16, 0), path, precision);
        var up = PackedMatrix.Create(Random(75, 200, 2, 8, 1), path, precision);
        foreach (var batch in (int[])[1, 5, 40])
        {
            var x = CodedMatrices.Gaussian(batch * 200);
            var (first, second) = (new float[batch * 75], new float[batch * 75]);
            gate.Multiply(x, first, batch);
            up.Multiply(x, second, batch);
            var joined = new float[batch * 150];
            PackedMatrix.MultiplyAll([gate, up], x, joined, batch);
            for (var i = 0; i < batch; i++)
            {
                Assert.Equal(first[(i * 75)..((i + 1) * 75)], joined[(i * 150)..((i * 150) + 75)]);
                Assert.Equal(second[(i * 75)..((i + 1) * 75)], joined[((i * 150) + 75)..((i + 1) * 150)]);
            }

            // Tables that a row layout with one group could share, but not its kernel for many input rows.
            var single = PackedMatrix.Create(CodedMatrices.Random(75, 200, 3, 0, scaleTerms: 2), path, precision);
            single.Multiply(x, second, batch);
            PackedMatrix.MultiplyAll([single, gate], x, joined, batch);
            for (var i = 0; i < batch; i++)
            {
                Assert.Equal(second[(i * 75)..((i + 1) * 75)], joined[(i * 150)..((i * 150) + 75)]);
                Assert.Equal(first[(i * 75)..((i + 1) * 75)], joined[((i * 150) + 75)..((i + 1) * 150)]);
            }

            up.Multiply(x, second, batch);
            var gated = new float[batch * 75];
            PackedMatrix.MultiplyGated(gate, up, x, gated, batch, default);
            Assert.Equal(first.Zip(second, (a, b) => a * b), gated);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_nan_or_an_infinity_spoils_its_own_row_and_zeros_give_the_bias(KernelPath path, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(Random(150, 90, 2, 16, 0), path, precision);
        foreach (var nonFinite in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            var x = CodedMatrices.Gaussian(3 * 90);
            x[130] = nonFinite;
            x.AsSpan(180).Clear();
            var bias = CodedMatrices.Gaussian(150);
            var y = new float[3 * 150];
            packed.Multiply(x, y, 3, bias);
            Assert.All(y[..150], value => Assert.True(float.IsFinite(value)));
            Assert.All(y[150..300], value => Assert.Equal(float.NaN, value));
            Assert.Equal(bias, y[300..]);
        }
    }

    private static void AssertAgrees(BinaryCodedMatrix matrix, KernelPath path, KernelPrecision precision, int batch, string kind)
    {
        var x = CodedMatrices.Gaussian(batch * matrix.Columns);
        var bias = new float[matrix.Rows];
        var y = new float[batch * matrix.Rows];
        PackedMatrix.Create(matrix, path, precision).Multiply(x, y, batch, bias);
        var error = new ProductOracle(matrix, x, batch, bias).RelativeError(y);
        var bound = KernelCases.Bound(path, precision) * (1 + (2 / Math.Sqrt(matrix.Rows)));
        Assert.True(error <= bound, $"error {error:e2} for {precision}, [{matrix.Rows}, {matrix.Columns}], {matrix.Bits} bits, {matrix.ScaleTerms} terms, {kind}");
    }

    private static void AssertDecodes(BinaryCodedMatrix matrix, KernelPath path, KernelPrecision precision, int first = 0, int? rows = null)
    {
        var packed = PackedMatrix.Create(matrix, first, rows ?? matrix.Rows, path, precision);
        var expected = new float[matrix.Columns];
        var actual = new float[matrix.Columns];
        for (var row = 0; row < packed.Rows; row++)
        {
            matrix.DecodeRow(first + row, expected);
            packed.DecodeRow(row, actual);
            Assert.Equal(expected, actual);
        }
    }

    private static BinaryCodedMatrix Random(int rows, int columns, int bits, int blockRows, int scaleTerms) =>
        CodedMatrices.SharedScales("block8", rows, columns, bits, blockRows, scaleTerms);
}
