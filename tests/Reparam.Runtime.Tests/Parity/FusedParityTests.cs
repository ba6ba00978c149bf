using Reparam.Runtime;
using TorchSharp;
using Composed = Reparam.Training.FusedOperations;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Each fused operation computes what the training library composes of TorchSharp operations.</summary>
public class FusedParityTests
{
    [Fact]
    public void Rms_norm_agrees()
    {
        foreach (var x in Pair.Floats([4, 3, 7], scale: 3).Layouts().Where(pair => pair.Theirs.shape[^1] == 7))
        {
            var weight = Pair.Floats([7], 2);
            Compare.Same(Composed.RmsNorm(x.Theirs, weight.Theirs), FusedOperations.RmsNorm(x.Ours, weight.Ours), 2e-6, 1e-6);
            Compare.Same(Composed.RmsNorm(x.Theirs, weight.Theirs, 0.1), FusedOperations.RmsNorm(x.Ours, weight.Ours, 0.1), 2e-6, 1e-6);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 4)]
    [InlineData(5, 2)]
    public void Rotary_positions_agree(int length, int position)
    {
        var (x, cos, sin) = (Pair.Floats([2, length, 3 * 10]), Pair.Floats([7, 5], 2), Pair.Floats([7, 5], 3));
        Compare.Same(
            Composed.RotateNeighbours(x.Theirs, cos.Theirs, sin.Theirs, position), FusedOperations.RotateNeighbours(x.Ours, cos.Ours, sin.Ours, position), 2e-6, 1e-6);
        Compare.Same(Composed.RotateHalves(x.Theirs, cos.Theirs, sin.Theirs, position), FusedOperations.RotateHalves(x.Ours, cos.Ours, sin.Ours, position), 2e-6, 1e-6);
    }

    [Fact]
    public void Attention_over_a_growing_cache_agrees_and_so_do_the_caches()
    {
        var (keys, values) = (Pair.Floats([2, 12, 5], 4), Pair.Floats([2, 12, 3], 5));
        var position = 0;
        foreach (var length in new[] { 4, 1, 1, 3 })
        {
            var (query, key, value) = (Pair.Floats([length, 6 * 5], position), Pair.Floats([length, 2 * 5], position + 20), Pair.Floats([length, 2 * 3], position + 40));
            Compare.Same(
                Composed.CachedAttention(query.Theirs, key.Theirs, value.Theirs, keys.Theirs, values.Theirs, position),
                FusedOperations.CachedAttention(query.Ours, key.Ours, value.Ours, keys.Ours, values.Ours, position), 1e-5, 2e-6);
            Compare.Same(keys.Theirs, keys.Ours);
            Compare.Same(values.Theirs, values.Ours);
            position += length;
        }
    }

    [Fact]
    public void Gates_agree()
    {
        var (gate, up) = (Pair.Floats([3, 19], 1, scale: 8), Pair.Floats([3, 19], 2));
        Compare.Same(Composed.SwiGlu(gate.Theirs, up.Theirs), FusedOperations.SwiGlu(gate.Ours, up.Ours), 2e-6, 1e-9);
    }
}
