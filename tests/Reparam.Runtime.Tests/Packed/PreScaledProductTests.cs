using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>Scales in the tables: row blocks of any size, each with tables of its own, in memory or in registers.</summary>
public class PreScaledProductTests
{
    private static readonly string[] Layouts = ["column", "block8"];

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Any_row_block_agrees_with_the_float64_sum_and_its_rows_alone(KernelPath path, KernelPrecision precision)
    {
        foreach (var layout in Layouts)
        {
            foreach (var (rows, blockRows) in ((int, int)[])[(16, 0), (17, 0), (257, 0), (130, 64), (200, 67), (257, 128), (300, 100), (1050, 520)])
            {
                foreach (var columns in (int[])[1, 7, 33, 128, 257])
                {
                    var matrix = CodedMatrices.SharedScales(layout, rows, columns, 1 + (columns % 4), blockRows, columns % 3);
                    var packed = PackedMatrix.Create(matrix, path, precision);
                    Assert.Equal(CodedMatrices.WayOf(matrix, path, precision), CodedMatrices.WayOf(packed));
                    var x = CodedMatrices.Gaussian(19 * columns);
                    var bias = CodedMatrices.Gaussian(rows);
                    var y = new float[19 * rows];
                    packed.Multiply(x, y, 19, bias);
                    var error = new ProductOracle(matrix, x, 19, bias).RelativeError(y);
                    Assert.True(error <= KernelCases.Bound(path, precision) * (1 + (2 / Math.Sqrt(rows))), $"error {error:e2} for {precision}, {layout} [{rows}, {columns}], blocks of {blockRows}");

                    // Tiles of shared scales serve a few input rows and more.
                    var few = packed is ColumnScaleMatrix ? ColumnTileProduct.MinInputs : 1;
                    var alone = new float[few * rows];
                    packed.Multiply(x.AsSpan((19 - few) * columns), alone, few, bias);
                    Assert.Equal(alone, y[((19 - few) * rows)..]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Rows_that_begin_within_a_row_block_give_the_same_bits_and_weights(KernelPath path, KernelPrecision precision)
    {
        foreach (var layout in Layouts)
        {
            foreach (var blockRows in (int[])[0, 20, 65, 100])
            {
                var matrix = CodedMatrices.SharedScales(layout, 290, 90, 3, blockRows, scaleTerms: 2);
                var x = CodedMatrices.Gaussian(90);
                var whole = new float[290];
                PackedMatrix.Create(matrix, path, precision).Multiply(x, whole, 1);
                foreach (var (first, rows) in ((int, int)[])[(0, 290), (70, 60), (99, 2), (64, 64), (289, 1)])
                {
                    var part = PackedMatrix.Create(matrix, first, rows, path, precision);
                    var y = new float[rows];
                    part.Multiply(x, y, 1);
                    Assert.Equal(whole[first..(first + rows)], y);
                    var expected = new float[90];
                    var actual = new float[90];
                    for (var row = 0; row < rows; row++)
                    {
                        matrix.DecodeRow(first + row, expected);
                        part.DecodeRow(row, actual);
                        Assert.Equal(expected, actual);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Vector), MemberType = typeof(KernelCases))]
    public void Row_blocks_of_very_different_scales_keep_their_precision(KernelPath path)
    {
        foreach (var layout in Layouts)
        {
            var random = CodedMatrices.SharedScales(layout, 128, 70, 2, 64, scaleTerms: 1);
            var terms = random.Terms.ToArray();
            for (var i = 0; i < terms.Length; i++)
            {
                terms[i] = BinaryCodedMatrix.EncodeTerm(i % 3 == 0, i < terms.Length / 2 ? -95 - (i % 4) : 24 + (i % 4));
            }

            var matrix = new BinaryCodedMatrix(128, 70, 2, random.GroupSize, 0, random.Codes, default, terms, 1, CodedMatrices.Binary(layout));
            var x = CodedMatrices.Gaussian(70);
            var y = new float[128];
            PackedMatrix.Create(matrix, path, KernelPrecision.Default).Multiply(x, y, 1);
            byte[] smallTerms = [.. terms[..(terms.Length / 2)], .. terms[..(terms.Length / 2)]];
            var small = new BinaryCodedMatrix(128, 70, 2, random.GroupSize, 0, random.Codes, default, smallTerms, 1, CodedMatrices.Binary(layout));
            var z = new float[128];
            PackedMatrix.Create(small, path, KernelPrecision.Default).Multiply(x, z, 1);
            Assert.Equal(z[..64], y[..64]);
            Assert.InRange(new ProductOracle(matrix, x, 1).RelativeError(y), 0, KernelCases.Bound(path, KernelPrecision.Default));
            Assert.InRange(new ProductOracle(small, x, 1).RelativeError(z), 0, KernelCases.Bound(path, KernelPrecision.Default));
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Vector), MemberType = typeof(KernelCases))]
    public void Neither_threads_nor_concurrent_calls_change_a_bit(KernelPath path)
    {
        var matrix = (PreScaledMatrix)PackedMatrix.Create(CodedMatrices.SharedScales("column", 1051, 700, 3, 520, 0), path, KernelPrecision.Default);
        var x = CodedMatrices.Gaussian(3 * 700);
        var expected = new float[3 * 1051];
        matrix.Multiply(x, expected, 3, default, new WorkerPool(1));
        var pool = new WorkerPool(3);
        var failures = 0;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            var y = new float[3 * 1051];
            for (var round = 0; round < 10; round++)
            {
                matrix.Multiply(x, y, 3, default, pool);
                Interlocked.Add(ref failures, y.AsSpan().SequenceEqual(expected) ? 0 : 1);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, failures);
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_nan_spoils_its_own_row_and_zeros_give_the_bias(KernelPath path, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(CodedMatrices.SharedScales("column", 150, 90, 2, 64, 0), path, precision);
        var x = CodedMatrices.Gaussian(3 * 90);
        x[130] = float.NaN;
        x.AsSpan(180).Clear();
        var bias = CodedMatrices.Gaussian(150);
        var y = new float[3 * 150];
        packed.Multiply(x, y, 3, bias);
        Assert.All(y[..150], value => Assert.True(float.IsFinite(value)));
        Assert.All(y[150..300], value => Assert.Equal(float.NaN, value));
        Assert.Equal(bias, y[300..]);
    }
}
