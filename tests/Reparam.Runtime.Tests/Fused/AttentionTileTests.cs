using Reparam.Runtime.Kernels;

namespace Reparam.Runtime.Tests.Fused;

/// <summary>Attention of many queries against a float64 sum, and what lies beside its operands.</summary>
public unsafe class AttentionTileTests
{
    private const float Guard = float.NaN;
    private const int GuardFloats = 40;

    [Fact]
    public void Any_sizes_agree_with_the_float64_softmax()
    {
        foreach (var (tokens, total, keyWidth, valueWidth) in ((int, int, int, int)[])
            [
                (1, 1, 8, 32), (3, 5, 7, 16), (4, 1, 1, 32), (4, 4, 32, 32), (5, 7, 9, 48), (6, 31, 33, 64), (17, 32, 32, 32), (28, 33, 32, 32),
                (65, 64, 16, 80), (130, 130, 64, 64), (9, 300, 5, 32), (64, 1000, 40, 33), (4, 9000, 8, 32),
            ])
        {
            foreach (var masks in (int[])[0, 1, 2])
            {
                Check(tokens, total, keyWidth, valueWidth, masks, (_, value) => value);
            }
        }
    }

    [Fact]
    public void Values_of_any_size_agree_with_the_float64_softmax()
    {
        foreach (var scale in (float[])[0, 1e-44f, 1e-38f, 1e-20f, 30, 1e15f])
        {
            Check(13, 37, 32, 32, 0, (_, value) => value * scale);
        }

        Check(13, 37, 32, 32, 0, (index, value) => index % 97 == 5 ? 50 * value : value);
    }

    [Fact]
    public void A_nan_spoils_its_own_query_and_a_query_that_sees_nothing_gives_zeros()
    {
        const int Tokens = 9, Total = 21, Width = 32;
        var (q, k, v) = (Random(Tokens * Width, 1), Random(Total * Width, 2), Random(Total * Width, 3));
        q[4 * Width] = float.NaN;
        var mask = new float[Tokens * Total];
        mask.AsSpan(7 * Total, Total).Fill(float.NegativeInfinity);
        var result = Functional.ScaledDotProductAttention(Of(q, Tokens, Width), Of(k, Total, Width), Of(v, Total, Width), Of(mask, Tokens, Total))
            .ToArray<float>();
        for (var token = 0; token < Tokens; token++)
        {
            var row = result[(token * Width)..((token + 1) * Width)];
            Assert.All(row, value => Assert.Equal(token == 4, float.IsNaN(value)));
            Assert.True(token != 7 || Array.TrueForAll(row, value => value == 0));
        }
    }

    [Theory]
    [InlineData(4, 1, 1, 32)]
    [InlineData(5, 33, 9, 48)]
    [InlineData(30, 64, 32, 80)]
    public void Nothing_beside_the_operands_is_read_or_written(int tokens, int total, int keyWidth, int valueWidth)
    {
        if (!AttentionTile.Suits(tokens, total, keyWidth, valueWidth))
        {
            return;
        }

        // Rows lie apart, and NaN fills what is between, before and behind them.
        var padded = AttentionTile.PaddedKeys(total);
        var (keys, queries, values) = (Guarded(total, keyWidth, 3), Guarded(tokens, keyWidth, 4), Guarded(total, valueWidth, 5));
        var result = Guarded(tokens, valueWidth, 6);
        var transposed = Enumerable.Repeat(Guard, (keyWidth * padded) + GuardFloats).ToArray();
        var scores = Enumerable.Repeat(Guard, (tokens * (padded + 1)) + GuardFloats).ToArray();
        fixed (float* k = keys, q = queries, v = values, y = result, t = transposed, s = scores)
        {
            AttentionTile.Transpose(k + GuardFloats, keyWidth + 3, total, keyWidth, t);
            AttentionTile.Score(q + GuardFloats, keyWidth + 4, tokens, keyWidth, t, padded, 1, s, padded + 1);
            for (var token = 0; token < tokens; token++)
            {
                Assert.All(scores[(token * (padded + 1))..((token * (padded + 1)) + total)], value => Assert.True(float.IsFinite(value)));
                Assert.Equal(Guard, s[(token * (padded + 1)) + padded]);
                s[(token * (padded + 1)) + padded] = 2;
            }

            AttentionTile.Mix(s, padded + 1, s + padded, tokens, v + GuardFloats, valueWidth + 5, total, valueWidth, y + GuardFloats, valueWidth + 6);
        }

        Assert.All(transposed[(keyWidth * padded)..], value => Assert.Equal(Guard, value));
        Assert.All(scores[(tokens * (padded + 1))..], value => Assert.Equal(Guard, value));
        for (var i = 0; i < result.Length; i++)
        {
            var (row, column) = Math.DivRem(i - GuardFloats, valueWidth + 6);
            Assert.Equal(i >= GuardFloats && row < tokens && column < valueWidth, float.IsFinite(result[i]));
        }
    }

    private static void Check(int tokens, int total, int keyWidth, int valueWidth, int masks, Func<int, float, float> change)
    {
        const int Heads = 3;
        var (q, k, v) = (Random(Heads * tokens * keyWidth, 1), Random(Heads * total * keyWidth, 2), Random(Heads * total * valueWidth, 3));
        q = [.. q.Select((value, index) => change(index, value))];
        v = [.. v.Select((value, index) => change(index + 1, value))];

        // Numbers for all queries alike, or for each.
        var mask = masks == 0 ? null : Random(masks == 1 ? total : tokens * total, 4);
        var query = Of(q, tokens, Heads, keyWidth).Transpose(0, 1);
        var result = Functional.ScaledDotProductAttention(
            query, Of(k, Heads, total, keyWidth), Of(v, Heads, total, valueWidth), mask is null ? null : Of(mask, masks == 1 ? 1 : tokens, total)).ToArray<float>();
        for (var head = 0; head < Heads; head++)
        {
            for (var token = 0; token < tokens; token++)
            {
                var scores = new double[total];
                for (var key = 0; key < total; key++)
                {
                    for (var i = 0; i < keyWidth; i++)
                    {
                        scores[key] += (double)q[(((token * Heads) + head) * keyWidth) + i] * k[(((head * total) + key) * keyWidth) + i];
                    }

                    scores[key] = (scores[key] / Math.Sqrt(keyWidth)) + (mask?[((masks == 1 ? 0 : token) * total) + key] ?? 0);
                }

                var largest = scores.Max();
                var weights = Array.ConvertAll(scores, score => Math.Exp(score - largest));
                var sum = weights.Sum();
                var (error, size) = (0.0, 0.0);
                for (var i = 0; i < valueWidth; i++)
                {
                    var (expected, magnitude) = (0.0, 0.0);
                    for (var key = 0; key < total; key++)
                    {
                        expected += weights[key] / sum * v[(((head * total) + key) * valueWidth) + i];
                        magnitude += weights[key] / sum * Math.Abs(v[(((head * total) + key) * valueWidth) + i]);
                    }

                    error = Math.Max(error, Math.Abs(result[(((head * tokens) + token) * valueWidth) + i] - expected));
                    size = Math.Max(size, magnitude);
                }

                // Scores are as large as their rounding lets them be wrong.
                Assert.InRange(error, 0, (2e-6 * (1 + Math.Min(scores.Max(score => Math.Abs(score)), 1e6)) * size) + 1e-44);
            }
        }
    }

    private static float[] Guarded(int rows, int width, int apart)
    {
        var all = Enumerable.Repeat(Guard, (rows * (width + apart)) + (2 * GuardFloats)).ToArray();
        for (var row = 0; row < rows; row++)
        {
            Random(width, row).CopyTo(all, GuardFloats + (row * (width + apart)));
        }

        return all;
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 4) - 2)];
    }

    private static Tensor Of(float[] values, params long[] shape) => Torch.Tensor(values).Reshape(shape);
}
