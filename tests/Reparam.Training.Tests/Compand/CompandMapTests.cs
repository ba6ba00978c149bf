using Reparam.Training.Compand;
using TorchSharp;
using TorchSharp.Modules;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Compand;

/// <summary>The invariants of the weight compander, on the map itself in float64.</summary>
public class CompandMapTests
{
    public static TheoryData<Compander> Kinds => [Compander.Arctan, Compander.Tanh, Compander.MuLaw, Compander.Softsign];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_odd_increasing_and_zero_at_zero(Compander kind)
    {
        var v = linspace(-9, 9, 2001, dtype: ScalarType.Float64);
        var w = Map(v, 1.3, 0.7, kind);
        Assert.True((w[1..] > w[..^1]).all().item<bool>());
        Assert.InRange(Distance(Map(-v, 1.3, 0.7, kind), -w), 0, 1e-15);
        Assert.Equal(0, Map(zeros(1, ScalarType.Float64), 1.3, 0.7, kind).item<double>());
    }

    [Theory]
    [InlineData(Compander.Arctan, Math.PI / 2)]
    [InlineData(Compander.Tanh, 1.0)]
    [InlineData(Compander.Softsign, 1.0)]
    public void It_is_bounded_and_survives_huge_values(Compander kind, double bound)
    {
        foreach (var type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            var v = tensor([1e30, -1e30, double.PositiveInfinity, double.NegativeInfinity, 3.0, 0.0]).to(type).requires_grad_();
            var w = Map(v, 2, 0.5, kind);
            Assert.True(w.isfinite().all().item<bool>());
            Assert.True((w.abs() <= 2 * bound * (1 + 1e-7)).all().item<bool>());
            w.sum().backward();
            Assert.True(v.grad!.isfinite().all().item<bool>());
            Assert.InRange(v.grad![..4].abs().max().to(ScalarType.Float64).item<double>(), 0, 1e-6);
        }
    }

    [Fact]
    public void Gradients_are_the_closed_forms()
    {
        manual_seed(3);
        var v = (randn(7, 5, dtype: ScalarType.Float64) * 2).requires_grad_();
        var a = tensor(1.3, ScalarType.Float64, requires_grad: true);
        var b = tensor(0.7, ScalarType.Float64, requires_grad: true);
        var g = randn(7, 5, dtype: ScalarType.Float64);
        (CompandMap.Map(v, a, b, new CompandAttribute()) * g).sum().backward();

        using var noGrad = no_grad();
        Assert.InRange(Distance(v.grad!, g * (a / b) / (1 + (v / b).square())), 0, 1e-12);
        Assert.InRange(Distance(a.grad!, (g * (v / b).atan()).sum()), 0, 1e-12);
        Assert.InRange(Distance(b.grad!, -(g * a * v / (b.square() + v.square())).sum()), 0, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_agree_with_finite_differences(Compander kind)
    {
        const double Step = 1e-6;
        var v = linspace(-3, 3, 14, dtype: ScalarType.Float64).requires_grad_();
        Map(v, 1.3, 0.7, kind).sum().backward();
        using var noGrad = no_grad();
        var difference = (Map(v + Step, 1.3, 0.7, kind) - Map(v - Step, 1.3, 0.7, kind)) / (2 * Step);
        Assert.InRange(Distance(v.grad!, difference), 0, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_slope_at_zero_is_a_over_b_times_the_companders(Compander kind)
    {
        var v = zeros(1, ScalarType.Float64).requires_grad_();
        Map(v, 3, 2, kind).sum().backward();
        var slope = kind == Compander.MuLaw ? 255 / Math.Log(256) : 1;
        Assert.Equal(1.5 * slope, v.grad!.item<double>(), 1e-7);
    }

    [Fact]
    public void Scaling_v_and_b_together_changes_nothing()
    {
        var v = randn(33, dtype: ScalarType.Float64);
        Assert.InRange(Distance(Map(v * 17.5, 1.3, 0.7 * 17.5, Compander.Arctan), Map(v, 1.3, 0.7, Compander.Arctan)), 0, 1e-14);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Attaching_gives_the_weight_back_however_large(Compander kind)
    {
        foreach (var scale in new[] { 0.0, 1e-6, 0.05, 1, 40 })
        {
            foreach (var perChannel in new[] { false, true })
            {
                var weight = randn(5, 3, 3, dtype: ScalarType.Float64) * scale;
                var options = new CompandAttribute { Kind = kind, PerChannel = perChannel, A = 0.3f };
                var shape = new LayerShape("L", LayerKinds.Conv1d, weight.shape);
                var (latent, a, b) = CompandMap.Attach(weight, shape, options);
                Assert.Equal(perChannel ? [5, 1, 1] : Array.Empty<long>(), a.shape);
                Assert.InRange(Distance(CompandMap.Map(latent, a, b, options), weight), 0, 1e-12 * Math.Max(1, scale));
            }
        }
    }

    [Fact]
    public void A_scale_is_raised_only_where_the_weight_does_not_fit()
    {
        var weight = tensor(new[,] { { 0.1, -0.2 }, { 5.0, 1.0 } });
        var shape = new LayerShape("L", LayerKinds.Linear, weight.shape);
        var (_, a, _) = CompandMap.Attach(weight, shape, new CompandAttribute { PerChannel = true });
        Assert.Equal(1, a[0, 0].item<double>());
        Assert.Equal(1.05 * 5 / (Math.PI / 2), a[1, 0].item<double>(), 1e-12);
    }

    [Fact]
    public void Per_channel_scales_of_an_embedding_follow_its_width()
    {
        var weight = randn(9, 4);
        var (_, a, b) = CompandMap.Attach(weight, new LayerShape("L", LayerKinds.Embedding, weight.shape), new CompandAttribute { PerChannel = true });
        Assert.Equal([1, 4], a.shape);
        Assert.Equal([1, 4], b.shape);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_latents_stay_finite_and_keep_their_type(ScalarType type)
    {
        var v = tensor([6e4f, -6e4f, 0.5f]).to(type).requires_grad_();
        var w = Map(v, 1, 1e-3, Compander.Arctan);
        w.to(ScalarType.Float32).sum().backward();
        Assert.Equal(type, w.dtype);
        Assert.True(w.isfinite().all().item<bool>() && v.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Learned_scales_stay_above_their_smallest_value()
    {
        using var noGrad = no_grad();
        var (a, b) = (new Parameter(tensor(-3f)), new Parameter(tensor(0f)));
        CompandMap.AfterStep(a, b, new CompandAttribute { MinScale = 0.01f });
        Assert.Equal(0.01f, a.item<float>());
        Assert.Equal(0.01f, b.item<float>());
    }

    private static Tensor Map(Tensor v, double a, double b, Compander kind) =>
        CompandMap.Map(v, tensor(a, v.dtype), tensor(b, v.dtype), new CompandAttribute { Kind = kind });
}
