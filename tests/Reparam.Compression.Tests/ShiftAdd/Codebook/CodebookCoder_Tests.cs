using CsCheck;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.Tests.ShiftAdd.Codebook;

public sealed class CodebookCoder_Tests
{
    [Fact]
    public void The_error_told_is_that_of_the_decoded_matrix() => Gen.Select(Gen.Int[1, 6], Gen.Int[1, 257], Gen.Int[1, 4], Gen.Int).Sample((rows, columns, bits, seed) =>
    {
        var weights = Gaussian(rows * columns, seed);
        var coded = Encode(weights, rows, columns, bits);
        var decoded = coded.Matrix.Decode();
        var (error, norm) = (0.0, 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            error += Math.Pow((double)weights[i] - decoded[i], 2);
            norm += Math.Pow((double)weights[i], 2);
        }

        Assert.Equal(norm, coded.SquaredNorm, norm * 1e-12);
        Assert.Equal(error, coded.SquaredError, norm * 1e-6);
        Assert.InRange(coded.SquaredError, 0, norm * (1 + 1e-6));
    }, iter: 12);

    [Theory]
    [InlineData(1, 1.5, 384)]
    [InlineData(2, 2.5, 448)]
    [InlineData(3, 3.375, 1152)]
    [InlineData(4, 4.375, 1216)]
    public void The_size_is_that_of_the_formula(int bits, double bitsOfIndices, int bytesOfSet)
    {
        var coded = (CodebookMatrix)Encode(Gaussian(1024 * 128, 1), 1024, 128, bits).Matrix;
        Assert.Equal(bits, coded.Bits);
        Assert.Equal(bytesOfSet, coded.Set.Entries.Length);
        Assert.Equal((long)(1024 * 128 * bitsOfIndices / 8) + 2 * 1024, coded.StoredBytes);
    }

    [Theory]
    [InlineData(1, 0.475)]
    [InlineData(2, 0.235)]
    [InlineData(3, 0.165)]
    [InlineData(4, 0.092)]
    public void Small_matrices_stay_under_the_bar(int bits, double bar)
    {
        var coded = Encode(Gaussian(64 * 512, 7), 64, 512, bits, CodingQuality.Default);
        Assert.InRange(Math.Sqrt(coded.SquaredError / coded.SquaredNorm), 0, bar);
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_threads() => Gen.Select(Gen.Int[2, 9], Gen.Int[1, 100], Gen.Int[1, 4], Gen.Int).Sample((rows, columns, bits, seed) =>
    {
        var weights = Gaussian(rows * columns, seed);
        AssertSame(Encode(weights, rows, columns, bits, threads: 1), Encode(weights, rows, columns, bits, threads: 4));
    }, iter: 6);

    [Fact]
    public void Small_matrices_share_a_set()
    {
        var weights = Enumerable.Range(0, 3).Select(i => Gaussian((16 + i) * (40 + 8 * i), i)).ToArray();
        SharedTables Of(int number) => new(Enumerable.Range(0, number).Select(i => new SharedTableLayer($"w{i}", 16 + i, 40 + 8 * i, () => weights[i])));
        CodedLayer Code(int i, SharedTables? tables) => ShiftAddCoder.Encode(weights[i], 16 + i, 40 + 8 * i, Options(2, CodingQuality.Fast), threads: 1, tables: tables);

        var tables = Of(3);
        var coded = Enumerable.Range(0, 3).Select(i => Code(i, tables)).ToArray();
        var entries = ((CodebookMatrix)coded[0].Matrix).Set.Entries;
        Assert.All(coded, layer => Assert.Equal(entries, ((CodebookMatrix)layer.Matrix).Set.Entries));
        AssertSame(Code(2, Of(3)), coded[2]);
        AssertSame(Code(1, null), Code(1, Of(1)));
        Assert.All(coded, static layer => Assert.InRange(Math.Sqrt(layer.SquaredError / layer.SquaredNorm), 0, 0.35));
    }

    [Fact]
    public void A_power_of_two_changes_the_exponent_alone() => Gen.Select(Gen.Int[-90, 90], Gen.Int[1, 80], Gen.Int).Sample((exponent, columns, seed) =>
    {
        var weights = Gaussian(3 * columns, seed);
        var scaled = Array.ConvertAll(weights, weight => MathF.ScaleB(weight, exponent));
        var (one, other) = (Encode(weights, 3, columns, 2), Encode(scaled, 3, columns, 2));
        AssertSame(one, other);
        Assert.Equal(((CodebookMatrix)one.Matrix).ScaleExponent + exponent, ((CodebookMatrix)other.Matrix).ScaleExponent);
    }, iter: 6);

    [Fact]
    public void Zeros_stay_zeros()
    {
        var coded = Encode(new float[5 * 37], 5, 37, 3);
        Assert.Equal(0, coded.SquaredError);
        Assert.All(coded.Matrix.Decode(), static value => Assert.Equal(0, value));

        var weights = Gaussian(4 * 50, 3);
        weights.AsSpan(50, 50).Clear();
        Assert.All(Encode(weights, 4, 50, 2).Matrix.Decode()[50..100], static value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(-3e38f)]
    [InlineData(1e-44f)]
    public void A_constant_matrix_is_all_but_exact(float value)
    {
        var weights = new float[8 * 64];
        weights.AsSpan().Fill(value);
        var coded = Encode(weights, 8, 64, 2);
        Assert.InRange(Math.Sqrt(coded.SquaredError / coded.SquaredNorm), 0, 0.03);
        Assert.All(coded.Matrix.Decode(), static decoded => Assert.True(float.IsFinite(decoded)));
    }

    [Fact]
    public void Weights_at_the_ends_of_the_range_stay_finite()
    {
        var weights = Array.ConvertAll(Gaussian(6 * 70, 11), static weight => weight > 0 ? float.MaxValue : weight < -1 ? -float.MaxValue : weight * 1e-30f);
        Assert.All(Encode(weights, 6, 70, 3).Matrix.Decode(), static value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named()
    {
        var weights = Gaussian(40, 1);
        weights[17] = float.NaN;
        Assert.Contains("element 17", Assert.Throws<NonFiniteWeightException>(() => Encode(weights, 4, 10, 2)).Message);
    }

    [Fact]
    public void Work_ends_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        var progress = new Thread(() =>
        {
            Thread.Sleep(20);
            source.Cancel();
        });
        progress.Start();
        Assert.ThrowsAny<OperationCanceledException>(() => ShiftAddCoder.Encode(
            Gaussian(2048 * 2048, 1), 2048, 2048, Options(3, CodingQuality.Best), threads: 1, cancellation: source.Token));
        progress.Join();
    }

    private static void AssertSame(CodedLayer one, CodedLayer other)
    {
        var (left, right) = ((CodebookMatrix)one.Matrix, (CodebookMatrix)other.Matrix);
        Assert.Equal(left.Set.Step, right.Set.Step);
        Assert.Equal(left.Set.Entries.ToArray(), right.Set.Entries.ToArray());
        Assert.Equal(left.Indices.ToArray(), right.Indices.ToArray());
        Assert.Equal(left.SuperScales.ToArray(), right.SuperScales.ToArray());
    }

    private static CodedLayer Encode(float[] weights, int rows, int columns, int bits, CodingQuality quality = CodingQuality.Fast, int threads = 0) =>
        ShiftAddCoder.Encode(weights, rows, columns, Options(bits, quality), threads: threads);

    private static ShiftAddAttribute Options(int bits, CodingQuality quality) => new(bits) { Layout = ShiftAddLayout.Codebook, Quality = quality };

    private static float[] Gaussian(int number, int seed) => RandomMatrix.Gaussian(1, number, seed, 1);
}
