using Reparam.Runtime;
using Reparam.Runtime.Tests.Parity;

namespace Reparam.Runtime.Tests.Fused;

public class CachedAttentionTests
{
    /// <summary>Length, position, heads, key heads, widths of keys and of values. The last ones are long enough for several threads.</summary>
    public static TheoryData<int, int, int, int, int, int> Sizes => new()
    {
        { 1, 0, 1, 1, 1, 1 }, { 1, 0, 4, 2, 8, 8 }, { 1, 6, 8, 4, 8, 8 }, { 1, 63, 3, 3, 7, 5 }, { 1, 64, 6, 2, 33, 31 }, { 1, 257, 5, 1, 16, 65 },
        { 2, 0, 2, 1, 3, 64 }, { 5, 3, 4, 4, 9, 9 }, { 17, 0, 6, 3, 12, 12 }, { 33, 31, 2, 2, 130, 129 }, { 1, 1023, 12, 12, 64, 64 }, { 70, 130, 12, 4, 64, 72 },
        { 3, 5, 40, 1, 8, 8 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void It_is_the_formula_in_double_precision(int length, int position, int heads, int keyHeads, int d, int e)
    {
        var (query, keys, values) = Inputs(position + length, length, heads, keyHeads, d, e);
        var expected = AttentionOracle.Attend(query, keys, values, (length, position + length, heads, keyHeads, d, e));
        var found = Run(query, keys, values, length, position, heads, keyHeads, d, e);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= 2e-6 * (1 + Math.Abs(expected[i])), $"element {i}: expected {expected[i]:R}, found {found[i]:R}");
        }
    }

    [Fact]
    public void A_prompt_gives_the_same_bits_at_once_and_token_by_token()
    {
        const int Length = 150, Heads = 6, KeyHeads = 2, Width = 20;
        var (query, keys, values) = Inputs(Length, Length, Heads, KeyHeads, Width, Width);
        var whole = Run(query, keys, values, Length, 0, Heads, KeyHeads, Width, Width);
        for (var token = 0; token < Length; token += 49)
        {
            var row = query.AsSpan(token * Heads * Width, Heads * Width).ToArray();
            var total = (token + 1) * KeyHeads * Width;
            var alone = Run(row, keys[..total], values[..total], 1, token, Heads, KeyHeads, Width, Width);
            Assert.Equal(whole.AsSpan(token * Heads * Width, Heads * Width).ToArray(), alone);
        }
    }

    [Fact]
    public void Caches_may_be_views_and_only_the_new_rows_are_written()
    {
        const int Heads = 2, Width = 3;
        var (query, keys, values) = Inputs(4, 4, Heads, Heads, Width, Width);
        var expected = Run(query, keys, values, 4, 0, Heads, Heads, Width, Width);
        var (keyStore, valueStore) = (Torch.Full([10L, Heads, Width], 9f), Torch.Full([10L, Heads, Width], 9f));
        var found = FusedOperations.CachedAttention(
            Torch.Tensor(query, [4L, Heads * Width]), Torch.Tensor(keys, [4L, Heads * Width]), Torch.Tensor(values, [4L, Heads * Width]),
            keyStore.Transpose(0, 1), valueStore.Transpose(0, 1), 0);
        Assert.Equal(expected, found.ToArray<float>());
        Assert.Equal([.. keys, .. Enumerable.Repeat(9f, 6 * Heads * Width)], keyStore.ToArray<float>());
        Assert.Equal([.. values, .. Enumerable.Repeat(9f, 6 * Heads * Width)], valueStore.ToArray<float>());
    }

    [Fact]
    public void What_is_not_finite_stays_within_the_heads_and_tokens_that_see_it()
    {
        const int Length = 6, Heads = 2, Width = 8;
        var (query, keys, values) = Inputs(Length, Length, Heads, Heads, Width, Width);
        var expected = Run(query, keys, values, Length, 0, Heads, Heads, Width, Width);
        keys[(3 * Heads + 1) * Width] = float.NaN;
        var found = Run(query, keys, values, Length, 0, Heads, Heads, Width, Width);
        for (var i = 0; i < found.Length; i++)
        {
            var sees = i / (Heads * Width) >= 3 && i / Width % Heads == 1;
            Assert.Equal(sees ? float.NaN : expected[i], found[i]);
        }
    }

    [Fact]
    public void Scores_far_apart_neither_overflow_nor_vanish()
    {
        float[] query = [1e18f], keys = [-1e18f, 1e18f, 0.5e18f], values = [1, 2, 3];
        Assert.Equal([2f], Run(query, keys, values, 1, 2, 1, 1, 1, 1));
        keys = [-300, -301, -300];
        Assert.Equal(2, Run([1], keys, values, 1, 2, 1, 1, 1, 1)[0], 1e-6f);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Tensor Zeros(params long[] shape) => Torch.Zeros(shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => FusedOperations.CachedAttention(Zeros(1, 4), Zeros(1, 4), Zeros(1, 4), Zeros(1, 3, 4), Zeros(1, 3, 4), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => FusedOperations.CachedAttention(Zeros(1, 4), Zeros(1, 4), Zeros(1, 4), Zeros(1, 3, 4), Zeros(1, 3, 4), -1));
        Assert.Throws<ArgumentException>(() => FusedOperations.CachedAttention(Zeros(1, 6), Zeros(1, 4), Zeros(1, 4), Zeros(1, 3, 4), Zeros(1, 3, 4), 0));
        Assert.Throws<ArgumentException>(() => FusedOperations.CachedAttention(Zeros(2, 4), Zeros(1, 4), Zeros(1, 4), Zeros(1, 3, 4), Zeros(1, 3, 4), 0));
        Assert.Throws<ArgumentException>(() => FusedOperations.CachedAttention(Zeros(4), Zeros(1, 4), Zeros(1, 4), Zeros(1, 3, 4), Zeros(1, 3, 4), 0));
        Assert.Throws<ArgumentException>(() => FusedOperations.CachedAttention(Zeros(1, 4), Zeros(1, 4), Zeros(1, 4), Zeros(1, 4, 3).Transpose(1, 2), Zeros(1, 3, 4), 0));
    }

    private static (float[] Query, float[] Keys, float[] Values) Inputs(int total, int length, int heads, int keyHeads, int d, int e) => (
        Pair.FloatValues(length * heads * d, 1, ugly: false), Pair.FloatValues(total * keyHeads * d, 2, ugly: false), Pair.FloatValues(total * keyHeads * e, 3, ugly: false));

    // The keys and values before the position go into the cache first.
    private static float[] Run(float[] query, float[] keys, float[] values, int length, int position, int heads, int keyHeads, int d, int e)
    {
        var (keyCache, valueCache) = (Torch.Zeros(keyHeads, position + length + 2, d), Torch.Zeros(keyHeads, position + length + 2, e));
        Tensor Rows(float[] all, int width, int from, int count) => Torch.Tensor(all.AsSpan(from * width, count * width).ToArray(), [(long)count, width]);
        if (position > 0)
        {
            FusedOperations.CachedAttention(Torch.Zeros(position, heads * d), Rows(keys, keyHeads * d, 0, position), Rows(values, keyHeads * e, 0, position), keyCache, valueCache, 0);
        }

        return FusedOperations.CachedAttention(
            Rows(query, heads * d, 0, length), Rows(keys, keyHeads * d, position, length), Rows(values, keyHeads * e, position, length), keyCache, valueCache, position)
            .ToArray<float>();
    }
}
