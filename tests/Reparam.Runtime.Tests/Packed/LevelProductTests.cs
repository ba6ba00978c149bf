using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Packed.Levels;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>Products of many input rows as whole numbers, with levels that are decoded for all of them.</summary>
public class LevelProductTests
{
    private static readonly int[] SuperColumns = [16, 32, 48, 64, 112, 256, 1 << 20];

    public static TheoryData<KernelPath, KernelPrecision> PathsAndPrecisions
    {
        get
        {
            var data = new TheoryData<KernelPath, KernelPrecision>();
            foreach (var path in KernelCases.VectorPaths)
            {
                data.Add(path, KernelPrecision.Default);
                data.Add(path, KernelPrecision.Fast);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndPrecisions))]
    public void Any_shape_and_any_batch_agree_with_the_float64_sum(KernelPath path, KernelPrecision precision)
    {
        var case_ = 0;
        foreach (var columns in (int[])[33, 64, 100, 127, 128, 129, 256, 257, 300, 640, 1000])
        {
            foreach (var rows in (int[])[1, 15, 16, 17, 33, 70])
            {
                var matrix = Create(rows, columns, case_);
                var packed = PackedMatrix.Create(matrix, path, precision);
                AssertAgrees(matrix, packed, Math.Max(1 + (case_ * 7 % 90), packed.Joinable?.Levels?.MinInputs ?? 1), precision);
                case_++;
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndPrecisions))]
    public void A_row_has_one_result_in_every_batch_that_takes_levels(KernelPath path, KernelPrecision precision)
    {
        for (var case_ = 0; case_ < 6; case_++)
        {
            const int Columns = 520;
            var rows = 10 + (17 * case_);
            var packed = Levels(rows, Columns, case_, path, precision);
            var min = packed.Joinable!.Levels!.MinInputs;
            var x = CodedMatrices.Gaussian(300 * Columns);
            var expected = new float[300 * rows];
            packed.Multiply(x, expected, 300);
            foreach (var batch in (int[])[min, min + 1, min + 5, 100])
            {
                var first = 300 - batch;
                foreach (var workers in (int[])[1, 3])
                {
                    var y = new float[batch * rows];
                    packed.Multiply(x.AsSpan(first * Columns), y, batch, default, new WorkerPool(workers));
                    Assert.Equal(expected[(first * rows)..], y);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndPrecisions))]
    public void A_level_times_its_scale_is_the_weight(KernelPath path, KernelPrecision precision)
    {
        for (var case_ = 0; case_ < 30; case_++)
        {
            var (rows, columns) = (1 + (case_ * 11 % 40), 200 + (case_ * 13));
            var matrix = Create(rows, columns, case_);
            if (PackedMatrix.Create(matrix, path, precision).Joinable is { Levels: { } form } weights)
            {
                AssertDecodes(matrix, weights, form);
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndPrecisions))]
    public void No_output_owes_more_than_the_bound(KernelPath path, KernelPrecision precision)
    {
        for (var case_ = 0; case_ < 24; case_++)
        {
            var (rows, columns, random) = (20, 64 + (case_ * 37), new Random(case_));
            var matrix = Create(rows, columns, case_);
            var packed = PackedMatrix.Create(matrix, path, precision);
            var batch = packed.Joinable?.Levels?.MinInputs ?? 1;
            var x = new float[batch * columns];
            foreach (ref var value in x.AsSpan())
            {
                value = (2 * random.NextSingle()) - 1;
            }

            var (y, weights) = (new float[batch * rows], new float[columns]);
            packed.Multiply(x, y, batch);
            for (var row = 0; row < rows; row++)
            {
                matrix.DecodeRow(row, weights);
                var bound = ProductBound.Of(matrix, row, precision).Error;
                for (var i = 0; i < batch; i++)
                {
                    var sum = 0.0;
                    for (var k = 0; k < columns; k++)
                    {
                        sum += (double)weights[k] * x[(i * columns) + k];
                    }

                    Assert.True(Math.Abs(y[(i * rows) + row] - sum) <= bound, $"case {case_}, row {row}: {y[(i * rows) + row]} for {sum}, bound {bound}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndPrecisions))]
    public void What_is_not_finite_spoils_its_own_row_and_zeros_give_the_bias(KernelPath path, KernelPrecision precision)
    {
        const int Columns = 300;
        var packed = Levels(35, Columns, 5, path, precision);
        var (x, bias) = (CodedMatrices.Gaussian(80 * Columns), CodedMatrices.Gaussian(35));
        foreach (var (row, value) in ((int, float)[])[(0, float.NaN), (40, float.PositiveInfinity), (77, float.NegativeInfinity)])
        {
            x[(row * Columns) + (row * 3)] = value;
        }

        x.AsSpan(11 * Columns, Columns).Clear();
        x.AsSpan(12 * Columns, Columns).Fill(-0f);
        var y = new float[80 * 35];
        packed.Multiply(x, y, 80, bias);
        for (var i = 0; i < 80; i++)
        {
            var outputs = y[(i * 35)..((i + 1) * 35)];
            if (i is 11 or 12)
            {
                Assert.Equal(bias, outputs);
            }
            else
            {
                Assert.All(outputs, output => Assert.Equal(i is 0 or 40 or 77, float.IsNaN(output)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndPrecisions))]
    public void Inputs_of_any_size_keep_their_precision(KernelPath path, KernelPrecision precision)
    {
        foreach (var scale in (float[])[1e-36f, 1e-19f, 1, 1e19f, 1e30f])
        {
            for (var case_ = 0; case_ < 4; case_++)
            {
                var matrix = Create(40, 300, case_);
                AssertAgrees(matrix, PackedMatrix.Create(matrix, path, precision), 70, precision, scale);
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndPrecisions))]
    public void Joined_and_gated_products_give_the_bits_of_each_alone(KernelPath path, KernelPrecision precision)
    {
        const int Columns = 256;
        PackedMatrix[] matrices = [Levels(40, Columns, 5, path, precision), Levels(40, Columns, 5, path, precision), Levels(9, Columns, 5, path, precision)];
        var pool = new WorkerPool(3);
        foreach (var batch in (int[])[2, 70])
        {
            var x = CodedMatrices.Gaussian(batch * Columns);
            var (y, up, gated, both) = (new float[batch * 89], new float[batch * 40], new float[batch * 40], new float[batch * 40]);
            PackedMatrix.MultiplyAll(matrices, x, y, batch, default, pool);
            matrices[1].Multiply(x, up, batch);
            matrices[0].Multiply(x, gated, batch, new Epilogue { Activation = Activation.SiLU, Gate = up });
            PackedMatrix.MultiplyGated(matrices[0], matrices[1], x, both, batch, new Epilogue { Activation = Activation.SiLU }, default, pool);
            Assert.Equal(gated, both);
            for (var i = 0; i < batch; i++)
            {
                Assert.Equal(up[(i * 40)..((i + 1) * 40)], y[((i * 89) + 40)..((i * 89) + 80)]);
            }
        }
    }

    private static PackedMatrix Levels(int rows, int columns, int case_, KernelPath path, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(Create(rows, columns, case_), path, precision);
        Assert.NotNull(packed.Joinable?.Levels);
        return packed;
    }

    // Of every number of planes and profiles, with offsets and without.
    private static NestedMatrix Create(int rows, int columns, int case_)
    {
        var random = new Random(case_);
        var bits = 1 + (case_ % 4);
        var table = CodedMatrices.Table(bits, case_ * 3 % 11, random);
        if (case_ % 5 == 0)
        {
            var entries = table.Entries.ToArray();
            for (var i = bits; i < entries.Length; i += bits + 1)
            {
                entries[i] = 0;
            }

            table = new ProfileTable(bits, table.IndexBits, table.Step, entries);
        }

        var superColumns = case_ < 6 ? 1 << 20 : SuperColumns[case_ % SuperColumns.Length];
        return CodedMatrices.Nested(rows, columns, table, 1 + (case_ % 3), superColumns, case_ % 3, random);
    }

    private static unsafe void AssertDecodes(CodedMatrix matrix, PrepackedWeights weights, LevelForm form)
    {
        var expected = new float[matrix.Columns];
        var tile = new short[LevelTiles.TileWords];
        var scales = new float[LevelTiles.Rows];
        fixed (short* levels = tile)
        fixed (float* units = scales)
        {
            for (var segment = 0; segment < form.Tiles.Segments.Length; segment++)
            {
                var (_, column, columns) = form.Tiles.Segments[segment];
                for (var row = 0; row < matrix.Rows; row++)
                {
                    form.Tiles.Decode(row / LevelTiles.Rows, segment, levels, units);
                    matrix.DecodeRow(row, expected);
                    var lane = row % LevelTiles.Rows;
                    for (var k = 0; k < columns; k++)
                    {
                        var level = tile[(((k / 2 * LevelTiles.Rows) + lane) * 2) + (k % 2)];
                        var weight = MathF.ScaleB(scales[lane] * level, weights.ScaleExponent);
                        Assert.True(expected[column + k] == weight, $"row {row}, column {column + k} of [{matrix.Rows}, {matrix.Columns}]: {weight} for {expected[column + k]}");
                    }
                }
            }
        }
    }

    private static void AssertAgrees(CodedMatrix matrix, PackedMatrix packed, int batch, KernelPrecision precision, float scale = 1)
    {
        var x = CodedMatrices.Gaussian(batch * matrix.Columns);
        foreach (ref var value in x.AsSpan())
        {
            value *= scale;
        }

        var y = new float[batch * matrix.Rows];
        packed.Multiply(x, y, batch);
        var error = new ProductOracle(matrix, x, batch).RelativeError(y);
        var bound = packed.Joinable?.Levels is null
            ? KernelCases.Bound(packed.Path, precision) * (1 + (2 / Math.Sqrt(matrix.Rows)))
            : 1e-4 * (1 + (2 / Math.Sqrt(matrix.Rows)));
        Assert.True(error <= bound, $"error {error:e2} for {precision}, [{matrix.Rows}, {matrix.Columns}], {batch} input rows");
    }
}
