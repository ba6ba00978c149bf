using Reparam.Runtime;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Packed;
using Reparam.Runtime.Tests.Parity;

namespace Reparam.Runtime.Tests.Fused;

/// <summary>
/// A fused operation stands in for ordinary code (its <see cref="IdiomAttribute"/>), which may also run as written. These bounds are those that
/// docs/architecture.md states.
/// </summary>
public class IdiomAccuracyTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(2, 33)]
    [InlineData(5, 288)]
    [InlineData(1, 1024)]
    [InlineData(2, 4099)]
    public void A_norm_is_its_steps_within_1e_6_of_the_largest_value(int rows, int width)
    {
        foreach (var (scale, eps) in new[] { (1f, 1e-5), (1e-3f, 1e-6), (300f, 0.1) })
        {
            var (x, weight) = (Pair.Floats([rows, width], width, scale: scale).Ours, Pair.Floats([width], 2).Ours);
            var steps = x * (x.Square().Mean([-1], keepdim: true) + eps).Rsqrt() * weight;
            AssertWithin(1e-6, steps, FusedOperations.RmsNorm(x, weight, eps));
        }
    }

    [Theory]
    [InlineData(1, 0, 1, 1, 1, 1)]
    [InlineData(1, 63, 3, 3, 7, 5)]
    [InlineData(5, 3, 4, 4, 9, 9)]
    [InlineData(1, 257, 5, 1, 16, 65)]
    [InlineData(33, 31, 2, 2, 130, 129)]
    [InlineData(1, 1023, 12, 4, 64, 64)]
    [InlineData(70, 130, 12, 4, 64, 72)]
    public void Attention_is_its_steps_within_5e_6_of_the_largest_value(int length, int position, int heads, int keyHeads, int d, int e)
    {
        var total = position + length;
        var query = Pair.Floats([length, heads * d], 1).Ours;
        var (key, value) = (Pair.Floats([length, keyHeads * d], 2).Ours, Pair.Floats([length, keyHeads * e], 3).Ours);
        var (keys, values) = (Pair.Floats([keyHeads, total + 2, d], 4).Ours, Pair.Floats([keyHeads, total + 2, e], 5).Ours);
        var (ownKeys, ownValues) = (keys.Clone(), values.Clone());
        AssertWithin(
            5e-6, AttentionSteps(query, key, value, keys, values, position), FusedOperations.CachedAttention(query, key, value, ownKeys, ownValues, position));
        Assert.Equal(keys.ToArray<float>(), ownKeys.ToArray<float>());
        Assert.Equal(values.ToArray<float>(), ownValues.ToArray<float>());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(40, true)]
    public void Activations_and_sums_that_a_layer_does_have_the_bits_of_their_steps(int rows, bool packed)
    {
        var (layer, other) = (Layer(1, packed), Layer(2, packed));
        var (x, residual) = (Pair.Floats([rows, 100]).Ours, Pair.Floats([rows, 37], 2).Ours);
        AssertSameBits(layer.Call(x).Relu(), FusedOperations.CallRelu(layer, x));
        AssertSameBits(layer.Call(x).Silu(), FusedOperations.CallSilu(layer, x));
        AssertSameBits(layer.Call(x).Gelu(), FusedOperations.CallGelu(layer, x));
        AssertSameBits(residual + layer.Call(x), FusedOperations.AddTo(residual, layer, x));
        AssertSameBits(layer.Call(x).Silu() * other.Call(x), FusedOperations.SwiGlu(x, layer, other));
        AssertSameBits(layer.Call(x).Silu() * other.Call(x), FusedOperations.SwiGlu(layer.Call(x), other.Call(x)));
    }

    /// <summary>The code that stands for <see cref="FusedOperations.CachedAttention"/> in its attribute, in the run time's operations.</summary>
    private static Tensor AttentionSteps(Tensor query, Tensor key, Tensor value, Tensor keyCache, Tensor valueCache, long position)
    {
        var (length, total) = (query.Shape[0], position + query.Shape[0]);
        var (heads, width) = (keyCache.Shape[0], keyCache.Shape[2]);
        keyCache.Narrow(1, position, length).Copy_(key.View(length, heads, width).Transpose(0, 1));
        valueCache.Narrow(1, position, length).Copy_(value.View(length, heads, -1).Transpose(0, 1));
        var rows = query.View(length, heads, -1, width).Permute(1, 2, 0, 3).Reshape(heads, -1, width);
        var scores = rows.Matmul(keyCache.Narrow(1, 0, total).Transpose(1, 2)) / Math.Sqrt(width);
        var mask = Torch.Full([length, total], float.NegativeInfinity).Triu(position + 1);
        var weights = (scores.View(heads, -1, length, total) + mask).Softmax(-1).View(heads, -1, total);
        var mixed = weights.Matmul(valueCache.Narrow(1, 0, total));
        return mixed.View(heads, -1, length, mixed.Shape[2]).Permute(2, 0, 1, 3).Reshape(length, -1);
    }

    private static Linear Layer(int seed, bool packed)
    {
        if (!packed)
        {
            return Fill.Randomly(Nn.Linear(100, 37), seed);
        }

        var layer = Nn.Linear(100, 37);
        layer.Weight.Fill([PackedMatrix.Create(CodedMatrices.Random(37, 100, 3, 32, seed: seed))]);
        layer.Bias!.Fill(CodedMatrices.Gaussian(37, seed));
        return layer;
    }

    private static void AssertWithin(double share, Tensor expected, Tensor found)
    {
        Assert.Equal(expected.Shape.ToArray(), found.Shape.ToArray());
        var (steps, fused) = (expected.ToArray<float>(), found.ToArray<float>());
        var bound = share * steps.Max(MathF.Abs);
        for (var i = 0; i < steps.Length; i++)
        {
            Assert.True(Math.Abs((double)steps[i] - fused[i]) <= bound, $"element {i}: the steps give {steps[i]:R}, fused {fused[i]:R}; allowed {bound:R}");
        }
    }

    private static void AssertSameBits(Tensor expected, Tensor found)
    {
        Assert.Equal(expected.Shape.ToArray(), found.Shape.ToArray());
        Assert.Equal(expected.ToArray<float>().Select(BitConverter.SingleToInt32Bits), found.ToArray<float>().Select(BitConverter.SingleToInt32Bits));
    }
}
