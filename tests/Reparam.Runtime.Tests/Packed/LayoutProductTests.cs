using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Threading;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>The layouts other than row, by look-ups or from decoded tiles, against float64 sums of the weights as the format defines them.</summary>
public class LayoutProductTests
{
    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Any_number_of_columns_agrees_with_the_float64_sum(KernelPath path, string layout, KernelPrecision precision)
    {
        for (var columns = 1; columns <= 257; columns++)
        {
            AssertAgrees(CodedMatrices.Random(layout, 1 + (columns * 5 % 19), columns, 1 + (columns % 4)), path, precision, batch: 1 + (columns % 3));
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Any_number_of_rows_and_any_batch_agree_with_the_float64_sum(KernelPath path, string layout, KernelPrecision precision)
    {
        foreach (var rows in (int[])[1, 7, 8, 9, 33, 257])
        {
            foreach (var batch in (int[])[1, 2, 3, 31, 32, 33, 67])
            {
                AssertAgrees(CodedMatrices.Random(layout, rows, 70, 1 + (batch % 4), seed: batch), path, precision, batch);
            }
        }

        AssertAgrees(CodedMatrices.Random(layout, 20, 1500, 3), path, precision, batch: 5);
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void An_input_row_gives_the_same_bits_whatever_the_other_rows_of_the_batch(KernelPath path, string layout, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(layout, 45, 300, 3), path, precision);
        var x = CodedMatrices.Gaussian(37 * 300);
        var together = new float[37 * 45];
        packed.Multiply(x, together, 37);
        for (var i = 0; i < 37; i++)
        {
            // Tiles of shared scales serve a few input rows and more.
            var few = packed is ColumnScaleMatrix ? ColumnTileProduct.MinInputs : 1;
            var first = Math.Min(i, 37 - few);
            var alone = new float[few * 45];
            packed.Multiply(x.AsSpan(first * 300, few * 300), alone, few);
            Assert.Equal(alone[((i - first) * 45)..((i - first + 1) * 45)], together[(i * 45)..((i + 1) * 45)]);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Inputs_and_weights_of_any_size_agree_with_the_float64_sum(KernelPath path, string layout, KernelPrecision precision)
    {
        foreach (var (exponent, scale) in ((int, float)[])[(-12, 1e36f), (-12, 1e20f), (-12, 1e-20f), (-12, 1e-35f), (60, 1e-41f), (-100, 1e30f), (110, 1e-30f)])
        {
            AssertAgrees(CodedMatrices.Random(layout, 40, 300, 3, exponent), path, precision, batch: 2, scale);
        }

        if (layout == "nested")
        {
            foreach (var (step, exponent) in ((float, int)[])[(1e-44f, 120), (1e-30f, 90), (1e30f, -90), (1e35f, -127)])
            {
                var table = CodedMatrices.Table(3, 5, new Random(4), step);
                AssertAgrees(CodedMatrices.Nested(20, 300, table, 1, 64, exponent, new Random(5)), path, precision, batch: 2);
            }
        }

        if (layout == "codebook")
        {
            foreach (var (step, exponent) in ((float, int)[])[(1e-44f, 120), (1e34f, -127)])
            {
                AssertAgrees(CodedMatrices.Codebook(20, 300, [new(4, 8), new(4, 8), new(16, 16)], 1, 64, exponent, new Random(5), step), path, precision, batch: 2);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Every_weight_comes_back_bit_for_bit(KernelPath path, string layout, KernelPrecision precision)
    {
        foreach (var exponent in (int[])[0, -3, 30, -126, -140])
        {
            foreach (var columns in (int[])[1, 8, 15, 16, 17, 33, 64, 100, 256, 257, 600])
            {
                var matrix = CodedMatrices.Random(layout, 1 + (columns % 21), columns, 1 + (columns % 4), exponent, seed: columns);
                AssertDecodes(matrix, PackedMatrix.Create(matrix, path, precision), 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Some_rows_of_a_matrix_are_a_matrix_of_their_own(KernelPath path, string layout, KernelPrecision precision)
    {
        for (var bits = 1; bits <= 4; bits++)
        {
            var matrix = CodedMatrices.Random(layout, 50, 100, bits, seed: 3 + bits);
            var whole = PackedMatrix.Create(matrix, path, precision);
            var x = CodedMatrices.Gaussian(100);
            var expected = new float[50];
            whole.Multiply(x, expected, 1);
            foreach (var (first, rows) in ((int, int)[])[(0, 50), (0, 1), (3, 9), (21, 29), (49, 1)])
            {
                var part = PackedMatrix.Create(matrix, first, rows, path, precision);
                Assert.Equal(rows, part.Rows);
                AssertDecodes(matrix, part, first);
                var y = new float[rows];
                part.Multiply(x, y, 1);
                if (part.GetType() == whole.GetType())
                {
                    // Rows that do not begin with a unit of eight run from tiles where those of the whole are looked up.
                    Assert.Equal(expected[first..(first + rows)], y);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Zeros_of_either_sign_give_the_bias(KernelPath path, string layout, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(layout, 18, 70, 3), path, precision);
        var x = new float[2 * 70];
        x.AsSpan(70).Fill(-0f);
        var bias = CodedMatrices.Gaussian(18);
        var y = new float[2 * 18];
        packed.Multiply(x, y, 2, bias);
        Assert.Equal([.. bias, .. bias], y);
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void A_matrix_of_zeros_gives_the_bias(KernelPath path)
    {
        var table = new ProfileTable(2, 0, 1, new sbyte[3]);
        var packed = PackedMatrix.Create(new NestedMatrix(3, 20, table, 1, 256, 0, new byte[18], Array.Empty<byte>(), new Half[3]), path);
        var y = new float[3];
        packed.Multiply(CodedMatrices.Gaussian(20), y, 1, (float[])[1, -2, 3]);
        Assert.Equal([1, -2, 3], y);
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_nan_or_an_infinity_spoils_its_own_row_throughout(KernelPath path, string layout, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(layout, 35, 90, 2), path, precision);
        foreach (var nonFinite in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            foreach (var place in (int[])[0, 31, 64, 89])
            {
                var x = CodedMatrices.Gaussian(3 * 90);
                x[90 + place] = nonFinite;
                var y = new float[3 * 35];
                packed.Multiply(x, y, 3);
                Assert.All(y[35..70], value => Assert.Equal(float.NaN, value));
                Assert.All(y[..35], value => Assert.True(float.IsFinite(value)));
                Assert.All(y[70..], value => Assert.True(float.IsFinite(value)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void A_sum_beyond_the_range_of_a_float_is_infinite(KernelPath path)
    {
        var table = new ProfileTable(1, 0, 1, new sbyte[] { 8, 0 });
        var matrix = new NestedMatrix(1, 32, table, 1, 256, 0, new byte[] { 255, 255, 255, 255 }, Array.Empty<byte>(), new[] { (Half)1 });
        var x = new float[32];
        x.AsSpan().Fill(3e38f);
        var y = new float[1];
        PackedMatrix.Create(matrix, path).Multiply(x, y, 1);
        Assert.Equal(float.PositiveInfinity, y[0]);
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_scale_that_is_not_finite_is_refused(KernelPath path, string layout, KernelPrecision precision)
    {
        CodebookStage[] stages = [new(4, 4)];
        CodedMatrix matrix = layout switch
        {
            "nested" => new NestedMatrix(1, 16, new ProfileTable(1, 0, 1, new sbyte[2]), 1, 16, 0, new byte[2], Array.Empty<byte>(), new[] { Half.PositiveInfinity }),
            "codebook" => new CodebookMatrix(1, 8, new CodebookSet(stages, 1, new sbyte[64]), 1, 8, 0, new byte[1], new[] { Half.NaN }),
            "column" => new BinaryCodedMatrix(1, 8, 1, 0, 0, new uint[1], Enumerable.Repeat(Half.NaN, 8).ToArray(), format: CodedMatrices.Binary(layout)),
            _ => new BinaryCodedMatrix(1, 8, 1, 0, 0, new uint[1], new[] { Half.NegativeInfinity }, format: CodedMatrices.Binary(layout)),
        };
        Assert.Throws<ArgumentException>(() => PackedMatrix.Create(matrix, path, precision));
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Neither_threads_nor_concurrent_calls_change_a_bit(KernelPath path, string layout, KernelPrecision precision)
    {
        var large = PackedMatrix.Create(CodedMatrices.Random(layout, 1051, 700, 3), path, precision);
        var small = PackedMatrix.Create(CodedMatrices.Random(layout, 70, 60, 2), path, precision);
        var x = CodedMatrices.Gaussian(3 * 700);
        var expected = new float[3 * 1051];
        large.Multiply(x, expected, 3);
        var expectedSmall = new float[70];
        small.Multiply(x.AsSpan(0, 60), expectedSmall, 1);
        foreach (var workers in (int[])[1, 2, 5])
        {
            var pool = new WorkerPool(workers);
            for (var round = 0; round < 5; round++)
            {
                var y = new float[3 * 1051];
                switch (large)
                {
                    case LookUpMatrix table:
                        table.Multiply(x, y, 3, default, pool);
                        break;
                    case PreScaledMatrix folded:
                        folded.Multiply(x, y, 3, default, pool);
                        break;
                    case ColumnScaleMatrix shared:
                        shared.Multiply(x, y, 3, default, pool);
                        break;
                    case TileMatrix<Lanes128> decoded:
                        decoded.Multiply(x, y, 3, default, pool);
                        break;
                    case TileMatrix<Lanes256> decoded:
                        decoded.Multiply(x, y, 3, default, pool);
                        break;
                    case TileMatrix<Lanes512> decoded:
                        decoded.Multiply(x, y, 3, default, pool);
                        break;
                    default:
                        Assert.Equal(KernelPath.Scalar, path);
                        large.Multiply(x, y, 3);
                        break;
                }

                Assert.Equal(expected, y);
            }
        }

        var failures = 0;
        var threads = Enumerable.Range(0, 6).Select(_ => new Thread(() =>
        {
            var (y, z) = (new float[3 * 1051], new float[70]);
            for (var round = 0; round < 5; round++)
            {
                large.Multiply(x, y, 3);
                small.Multiply(x.AsSpan(0, 60), z, 1);
                Interlocked.Add(ref failures, y.AsSpan().SequenceEqual(expected) && z.AsSpan().SequenceEqual(expectedSmall) ? 0 : 1);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, failures);
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsLayoutsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_warm_call_allocates_nothing(KernelPath path, string layout, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(layout, 300, 700, 3), path, precision);
        var x = CodedMatrices.Gaussian(35 * 700);
        var bias = CodedMatrices.Gaussian(300);
        var y = new float[35 * 300];

        // What allocates at every call does so in every round; the first contended wait of a thread may, once.
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            packed.Multiply(x, y, 35, bias);
            packed.Multiply(x.AsSpan(0, 700), y.AsSpan(0, 300), 1);
            packed.DecodeRow(3, x);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void The_decoded_form_of_nested_profiles_is_five_bits_a_weight_and_its_levels()
    {
        var matrix = CodedMatrices.Nested(64, 512, CodedMatrices.Table(3, 6, new Random(1)), 1, 256, 0, new Random(2));
        foreach (var path in KernelCases.VectorPaths)
        {
            var packed = PackedMatrix.Create(matrix, path, KernelPrecision.Exact);
            Assert.Equal((64, 512, path), (packed.Rows, packed.Columns, packed.Path));
            Assert.Equal(matrix.StoredBytes, packed.StoredBytes);
            Assert.Equal((64 * 512 * 5 / 8) + 2048 + (64 * 2 * sizeof(float)), packed.PrepackedBytes);
        }
    }

    private static void AssertDecodes(CodedMatrix matrix, PackedMatrix packed, int first)
    {
        var expected = new float[matrix.Columns];
        var actual = new float[matrix.Columns];
        for (var row = 0; row < packed.Rows; row++)
        {
            matrix.DecodeRow(first + row, expected);
            packed.DecodeRow(row, actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"row {row} of {matrix.Format.Name} [{matrix.Rows}, {matrix.Columns}]");
        }
    }

    private static void AssertAgrees(CodedMatrix matrix, KernelPath path, KernelPrecision precision, int batch, float scale = 1)
    {
        var x = CodedMatrices.Gaussian(batch * matrix.Columns);
        foreach (ref var value in x.AsSpan())
        {
            value *= scale;
        }

        var bias = CodedMatrices.Gaussian(matrix.Rows);
        foreach (ref var value in bias.AsSpan())
        {
            value *= scale;
        }

        var y = new float[batch * matrix.Rows];
        PackedMatrix.Create(matrix, path, precision).Multiply(x, y, batch, bias);
        var error = new ProductOracle(matrix, x, batch, bias).RelativeError(y);

        // Few rows are few draws of the rounding.
        var bound = KernelCases.Bound(path, precision) * (1 + (2 / Math.Sqrt(matrix.Rows)));
        Assert.True(error <= bound, $"error {error:e2} for {precision}, {matrix.Format.Name} [{matrix.Rows}, {matrix.Columns}], {((PlanesMatrix)matrix).Bits} bits");
    }
}
