using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Operations;

/// <summary>The composed forms train: gradients are those of TorchSharp's own functions, and hooks of the layers are called.</summary>
public class FusedOperationTests
{
    private const long Length = 7, Heads = 3, Width = 4;

    [Fact]
    public void Attention_and_its_gradients_are_those_of_scaled_dot_product_attention()
    {
        random.manual_seed(1);
        var (query, key, value) = (Leaf(), Leaf(), Leaf());
        var expected = functional.scaled_dot_product_attention(Split(query), Split(key), Split(value), is_casual: true).transpose(0, 1).reshape(Length, -1);
        var found = FusedOperations.CachedAttention(query, key, value, zeros(Heads, 10, Width), zeros(Heads, 10, Width), 0);
        AssertClose(expected, found);
        var weight = randn_like(found);
        var expectedGradients = autograd.grad([(expected * weight).sum()], [query, key, value]);
        var foundGradients = autograd.grad([(found * weight).sum()], [query, key, value]);
        foreach (var (one, other) in expectedGradients.Zip(foundGradients))
        {
            AssertClose(one, other);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rotary_positions_keep_lengths_and_make_products_depend_on_distances_alone(bool halves)
    {
        random.manual_seed(2);
        var angles = outer(arange(32, float32), tensor([1f, 0.3f]));
        var (cos, sin) = (angles.cos(), angles.sin());
        Tensor Turn(Tensor x, long position) => halves ? FusedOperations.RotateHalves(x, cos, sin, position) : FusedOperations.RotateNeighbours(x, cos, sin, position);

        var (query, key) = (randn(1, Width, requires_grad: true), randn(1, Width));
        AssertClose(query.norm(), Turn(query, 9).norm());
        AssertClose((Turn(query, 5) * Turn(key, 2)).sum(), (Turn(query, 20) * Turn(key, 17)).sum());
        AssertClose(Turn(key, 17), autograd.grad([(Turn(query, 0) * Turn(key, 17)).sum()], [query])[0]);
    }

    [Fact]
    public void Layers_are_called_so_that_their_hooks_see_them()
    {
        using var gate = Linear(4, 6);
        using var up = Linear(4, 6);
        using var down = Linear(6, 4);
        var seen = new List<string>();
        foreach (var (name, layer) in new[] { ("gate", gate), ("up", up), ("down", down) })
        {
            layer.register_forward_pre_hook((_, _) =>
            {
                seen.Add(name);
                return null!;
            });
        }

        var x = randn(2, 4);
        AssertClose(x + down.forward(functional.silu(gate.forward(x)) * up.forward(x)), FusedOperations.AddTo(x, down, FusedOperations.SwiGlu(x, gate, up)));
        Assert.Equal(["gate", "up", "down"], seen);
        var (first, second, third) = FusedOperations.CallAll(x, up, gate, gate);
        AssertClose(up.forward(x), first);
        AssertClose(gate.forward(x), second);
        AssertClose(gate.forward(x), third);
        Assert.Equal(["gate", "up", "down", "up", "gate", "gate"], seen);
    }

    [Fact]
    public void Rms_norm_gives_rows_of_mean_square_one()
    {
        random.manual_seed(3);
        AssertClose(ones(5), FusedOperations.RmsNorm(randn(5, 64) * 7, ones(64)).square().mean([-1]));
    }

    private static Tensor Leaf() => randn(Length, Heads * Width, requires_grad: true);

    private static Tensor Split(Tensor x) => x.view(Length, Heads, Width).transpose(0, 1);

    private static void AssertClose(Tensor expected, Tensor found) => Assert.True(expected.allclose(found, rtol: 1e-4, atol: 1e-5), $"expected {expected}, found {found}");
}
