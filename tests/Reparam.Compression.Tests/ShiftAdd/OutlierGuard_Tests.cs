using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;
using AskedLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>A weight far out costs neither itself nor its neighbours without a word.</summary>
public class OutlierGuard_Tests
{
    private const int Row = 4;
    private const int Column = 7;

    public static TheoryData<AskedLayout, int, int, int> Cases()
    {
        var cases = new TheoryData<AskedLayout, int, int, int>();
        foreach (var layout in (AskedLayout[])[AskedLayout.Row, AskedLayout.Column, AskedLayout.Block8, AskedLayout.Nested, AskedLayout.Codebook])
        {
            foreach (var bits in (int[])[2, 3, 4])
            {
                cases.Add(layout, bits, 64, 512);
                cases.Add(layout, bits, 128, 64);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_an_outlier_loses_or_costs_is_handled_or_told(AskedLayout layout, int bits, int rows, int columns)
    {
        foreach (var deviations in (float[])[50, 100])
        {
            var (weights, plain) = Matrices(rows, columns, deviations);
            var usual = Error(plain, Code(plain, rows, columns, layout, bits).Matrix, columns, _ => true);
            var coded = Code(weights, rows, columns, layout, bits);

            var kept = coded.Matrix.Decode()[(Row * columns) + Column] / weights[(Row * columns) + Column];
            var own = Error(weights, coded.Matrix, columns, r => r == Row);
            var others = Error(weights, coded.Matrix, columns, r => r != Row);
            Assert.True(coded.Warning is not null || (kept is > 0.5f and < 1.5f && own <= 3.5 * usual), $"{deviations}: kept {kept:0.00}, own row {own:0.000}, usual {usual:0.000}");

            // The rows elsewhere hardly notice, whatever became of the row itself.
            Assert.InRange(others, 0.5 * usual, 1.45 * usual);
            Assert.Equal(coded.Matrix.Format.Name == layout.Name(), coded.Note is null && coded.Warning?.Text.Contains("it is coded in the layout") != true);
        }
    }

    [Theory]
    [InlineData(AskedLayout.Codebook, 3, 64, 1024, "an outlier loses ")]
    [InlineData(AskedLayout.Nested, 3, 256, 64, "times the error of other rows")]
    public void Another_layout_is_taken_and_named(AskedLayout layout, int bits, int rows, int columns, string why)
    {
        var (weights, _) = Matrices(rows, columns, 50);
        var coded = ShiftAddCoder.Encode(weights, rows, columns, new ShiftAddAttribute(bits) { Layout = layout }, tensor: "w");

        Assert.NotEqual(layout.Name(), coded.Matrix.Format.Name);
        Assert.StartsWith($"tensor 'w': the weight at [{Row}, {Column}] is 5", coded.Note);
        Assert.Contains($"it is coded in the layout {coded.Matrix.Format.Name}, because in the layout {layout.ToString().ToLowerInvariant()} ", coded.Note);
        Assert.Contains(why, coded.Note);
        Assert.Null(coded.Warning);
    }

    [Fact]
    public void What_no_layout_can_keep_is_a_warning()
    {
        // One plane has two values: the weight or its neighbours.
        var (weights, _) = Matrices(64, 512, 100);
        var coded = Code(weights, 64, 512, AskedLayout.Row, 1);

        Assert.Equal("RPB0110", coded.Warning?.Diagnostic.Id);
        Assert.Matches(@"^tensor 'w': the weight at \[4, 7\] is \d+ standard deviations out; in the layout row at 1 bits an outlier loses \d+% of its value", coded.Warning!.Text);
    }

    [Theory]
    [InlineData(AskedLayout.Nested)]
    [InlineData(AskedLayout.Codebook)]
    [InlineData(AskedLayout.Row)]
    public void Ordinary_matrices_are_coded_as_asked(AskedLayout layout)
    {
        var options = new ShiftAddAttribute(3) { Layout = layout, Quality = CodingQuality.Fast };
        foreach (var weights in (float[][])[RandomMatrix.Gaussian(40, 96, 3), RandomMatrix.HeavyTailed(40, 96, 3), new float[40 * 96]])
        {
            var coded = ShiftAddCoder.Encode(weights, 40, 96, options);

            Assert.Null(coded.Note);
            Assert.Null(coded.Warning);
            Assert.Equal(ShiftAddCoder.EncodeIn(options.Layout, weights, 40, 96, options).Matrix.Decode(), coded.Matrix.Decode());
        }
    }

    [Fact]
    public void Outliers_are_far_from_the_rest_and_few()
    {
        var weights = RandomMatrix.Gaussian(64, 64, 1);
        Assert.Null(Outliers.Of(weights, 64, 64));
        weights[100] = 17 * 0.02f;
        Assert.NotNull(Outliers.Of(weights, 64, 64));

        // A tenth of all weights is no outlier: the others are small.
        var sparse = RandomMatrix.Gaussian(64, 64, 1);
        for (var i = 0; i < sparse.Length; i++)
        {
            sparse[i] *= i % 10 == 0 ? 1 : 1e-4f;
        }

        Assert.Null(Outliers.Of(sparse, 64, 64));
        Assert.Null(Outliers.Of(new float[64 * 64], 64, 64));
    }

    [Fact]
    public void A_matrix_with_an_outlier_costs_the_matrices_that_share_its_table_little()
    {
        double Others(float deviations)
        {
            float[][] weights = [.. Enumerable.Range(1, 6).Select(seed => RandomMatrix.Gaussian(32, 64, seed))];
            weights[0][300] = deviations * 0.02f;
            var tables = new SharedTables(weights.Select((matrix, i) => new SharedTableLayer($"w{i}", 32, 64, () => matrix)));
            var options = new ShiftAddAttribute(3);
            return weights.Skip(1).Select(matrix => ShiftAddCoder.Encode(matrix, 32, 64, options, tables: tables)).Average(coded => Math.Sqrt(coded.SquaredError / coded.SquaredNorm));
        }

        var usual = Others(1);
        Assert.InRange(Others(100), 0.5 * usual, 1.15 * usual);
    }

    private static CodedLayer Code(float[] weights, int rows, int columns, AskedLayout layout, int bits) =>
        ShiftAddCoder.Encode(weights, rows, columns, new ShiftAddAttribute(bits) { Layout = layout, Quality = CodingQuality.Fast }, tensor: "w");

    private static (float[] WithOutlier, float[] Plain) Matrices(int rows, int columns, float deviations)
    {
        var plain = RandomMatrix.Gaussian(rows, columns, 1);
        var weights = (float[])plain.Clone();
        weights[(Row * columns) + Column] = deviations * 0.02f;
        return (weights, plain);
    }

    // Relative error of some rows, the outlier's place left out.
    private static double Error(float[] weights, CodedMatrix matrix, int columns, Func<int, bool> counts)
    {
        var decoded = matrix.Decode();
        double error = 0, norm = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (counts(i / columns) && i != (Row * columns) + Column)
            {
                error += Math.Pow((double)decoded[i] - weights[i], 2);
                norm += Math.Pow(weights[i], 2);
            }
        }

        return Math.Sqrt(error / norm);
    }
}
