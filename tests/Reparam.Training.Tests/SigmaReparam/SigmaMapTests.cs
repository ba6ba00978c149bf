using Reparam.Training.SigmaReparam;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.SigmaReparam;

/// <summary>The invariants of σReparam, on the map itself.</summary>
public class SigmaMapTests
{
    public static TheoryData<long[]> Shapes => [new long[] { 1, 1 }, new long[] { 1, 9 }, new long[] { 9, 1 }, new long[] { 7, 13 }, new long[] { 13, 7 }, new long[] { 6, 2, 3, 3 }];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attaching_leaves_the_weight_as_it_was(long[] shape)
    {
        manual_seed(1);
        var weight = randn(shape, ScalarType.Float64);
        var (latent, gamma, u, sigma) = SigmaMap.Attach(weight, new SigmaReparamAttribute());
        Assert.Equal(S1(weight), gamma.item<double>(), 1e-12);
        Assert.Equal(1, u.norm().item<double>(), 1e-12);
        Assert.InRange(Distance(Map(latent, gamma, u, sigma), weight), 0, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_papers_start_has_unit_spectral_norm(long[] shape)
    {
        manual_seed(2);
        var options = new SigmaReparamAttribute { GammaInit = GammaInit.Unit };
        var (latent, gamma, u, sigma) = SigmaMap.Attach(randn(shape, ScalarType.Float64) * 3, options);
        Assert.Equal(1, S1(Map(latent, gamma, u, sigma, options: options)), 1e-12);
    }

    [Fact]
    public void The_spectral_norm_is_at_least_gamma_and_tends_to_it()
    {
        manual_seed(3);
        var weight = randn(9, 5, dtype: ScalarType.Float64);
        var gamma = tensor(0.8, ScalarType.Float64);
        var u = nn.functional.normalize(randn(5, ScalarType.Float64), dim: 0);
        var sigma = tensor(0.0, ScalarType.Float64);
        for (var i = 0; i < 300; i++)
        {
            Assert.True(S1(Map(weight, gamma, u, sigma, training: true)) >= 0.8 * (1 - 1e-12));
            Assert.Equal(1, u.norm().item<double>(), 1e-12);
        }

        Assert.Equal(0.8, S1(Map(weight, gamma, u, sigma)), 1e-9);
    }

    [Fact]
    public void After_fifty_forwards_sigma_is_the_largest_singular_value()
    {
        manual_seed(4);
        var (left, _) = linalg.qr(randn(8, 8, dtype: ScalarType.Float64));
        var (right, _) = linalg.qr(randn(6, 6, dtype: ScalarType.Float64));
        var weight = left[.., ..6].mm(diag(tensor([2.0, 1.6, 1, 0.5, 0.2, 0.1], ScalarType.Float64))).mm(right.t());
        var u = nn.functional.normalize(randn(6, ScalarType.Float64), dim: 0);
        var sigma = tensor(0.0, ScalarType.Float64);
        for (var i = 0; i < 50; i++)
        {
            Map(weight, tensor(1.0, ScalarType.Float64), u, sigma, training: true);
        }

        Assert.Equal(2, sigma.item<double>(), 1e-6);
    }

    [Fact]
    public void The_size_of_the_weight_does_not_matter()
    {
        var (latent, gamma, u, sigma) = SigmaMap.Attach(randn(5, 7, dtype: ScalarType.Float64), new SigmaReparamAttribute());
        Assert.InRange(Distance(Map(latent * 37.5, gamma, u, sigma), Map(latent, gamma, u, sigma)), 0, 1e-12);
    }

    [Fact]
    public void Gradients_are_the_closed_forms_and_orthogonal_to_the_weight()
    {
        manual_seed(5);
        var weight = randn(5, 7, dtype: ScalarType.Float64).requires_grad_();
        var gamma = tensor(1.7, ScalarType.Float64, requires_grad: true);
        var u0 = nn.functional.normalize(randn(7, ScalarType.Float64), dim: 0);
        var g = randn(5, 7, dtype: ScalarType.Float64);
        (Map(weight, gamma, u0.clone(), tensor(0.0, ScalarType.Float64), training: true) * g).sum().backward();

        using var noGrad = no_grad();
        var v = nn.functional.normalize(weight.mv(u0), dim: 0);
        var u = nn.functional.normalize(weight.t().mv(v), dim: 0);
        var s = v.dot(weight.mv(u));
        var inner = (g * weight).sum();
        Assert.InRange(Distance(gamma.grad!, inner / s), 0, 1e-10);
        Assert.InRange(Distance(weight.grad!, gamma / s * (g - (inner / s * v.outer(u)))), 0, 1e-10);
        Assert.Equal(0, (weight.grad! * weight).sum().item<double>(), 1e-10);
    }

    [Fact]
    public void Evaluation_stores_nothing_and_repeats_itself()
    {
        var weight = randn(5, 7);
        var u = nn.functional.normalize(randn(7), dim: 0);
        var sigma = tensor(4f);
        var kept = u.clone();
        var first = Map(weight, tensor(1f), u, sigma);
        Assert.True(Same(first, Map(weight, tensor(1f), u, sigma)));
        Assert.True(Same(kept, u));
        Assert.Equal(4f, sigma.item<float>());
    }

    [Fact]
    public void Sigma_and_gamma_have_storage_of_their_own()
    {
        var (latent, gamma, u, sigma) = SigmaMap.Attach(randn(5, 7), new SigmaReparamAttribute { GammaInit = GammaInit.Unit });
        Map(latent, gamma, u, sigma, training: true);
        Assert.Equal(1f, gamma.item<float>());
        Assert.NotEqual(1f, sigma.item<float>(), 1e-3f);
    }

    [Fact]
    public void A_zero_weight_stays_zero_and_can_leave()
    {
        var (latent, gamma, u, sigma) = SigmaMap.Attach(zeros(4, 6), new SigmaReparamAttribute { GammaInit = GammaInit.Unit });
        Assert.Equal(1, u.norm().item<float>(), 1e-6f);
        var mapped = Map(latent, gamma, u, sigma);
        Assert.Equal(0, mapped.abs().max().item<float>());
    }

    [Fact]
    public void Folding_with_the_exact_sigma_gives_exactly_gamma()
    {
        var options = new SigmaReparamAttribute { ExportSigma = ExportSigma.Exact };
        var weight = randn(5, 7, dtype: ScalarType.Float64);
        var u = nn.functional.normalize(randn(7, ScalarType.Float64), dim: 0);
        var folded = Map(weight, tensor(0.9, ScalarType.Float64), u, tensor(1.0, ScalarType.Float64), folding: true, options: options);
        Assert.Equal(0.9, S1(folded), 1e-12);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_iterates_in_float32(ScalarType type)
    {
        var weight = randn(6, 4).to(type);
        var (latent, gamma, u, sigma) = SigmaMap.Attach(weight, new SigmaReparamAttribute());
        Assert.Equal(ScalarType.Float32, u.dtype);
        var mapped = Map(latent, gamma, u, sigma, training: true);
        Assert.Equal(type, mapped.dtype);
        Assert.InRange(Distance(mapped, weight), 0, 0.05);
    }

    private static double S1(Tensor weight) => linalg.svdvals(weight.detach().reshape(weight.shape[0], -1)).max().item<double>();

    private static Tensor Map(
        Tensor latent, Tensor gamma, Tensor u, Tensor sigma, bool training = false, bool folding = false, SigmaReparamAttribute? options = null) =>
        SigmaMap.Map(latent, gamma, u, sigma, training, folding, options ?? new SigmaReparamAttribute());
}
