using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reparam.Training.SigmaReparam;

/// <summary>
/// σReparam ŵ = (γ/σ(W))·W with W seen as the matrix [out, rest]: Zhai et al., ICML 2023, arXiv 2303.06296. σ = vᵀWu is one power iteration away from
/// the stored u; gradients flow through W in σ, not through u and v, so ∂L/∂W = (γ/σ)·(G − (⟨G, W⟩/σ)·vuᵀ) and ⟨∂L/∂W, W⟩ = 0.
/// A grouped convolution has one σ over its whole weight.
/// </summary>
public static class SigmaMap
{
    /// <summary>State that gives the weight back (γ = s₁) or its direction with unit spectral norm (γ = 1).</summary>
    /// <param name="weight">The dense weight.</param>
    /// <param name="options">The annotation.</param>
    /// <returns>
    /// The weight itself; γ []; u [rest], the right singular vector of the largest singular value s₁; σ [], the last σ of a training forward. u and σ are
    /// of at least float32.
    /// </returns>
    public static (Tensor Latent, Parameter Gamma, Tensor U, Tensor Sigma) Attach(Tensor weight, SigmaReparamAttribute options)
    {
        var matrix = AsMatrix(weight).to(ScalarType.Float64);
        var (s1, u) = LargestSingular(matrix, options.Eps);
        var gamma = options.GammaInit == GammaInit.Spectral ? s1 : ones_like(s1);
        var precise = Precise(weight.dtype);
        return (weight, new Parameter(gamma.to(weight.dtype)), u.to(precise), s1.to(precise));
    }

    /// <summary>ŵ. A training forward advances u and records σ; every other one runs the same iteration and stores nothing.</summary>
    /// <param name="latent">W, [out, ...].</param>
    /// <param name="gamma">γ, [].</param>
    /// <param name="u">Right singular vector estimate, [rest], of unit length.</param>
    /// <param name="sigma">σ of the last training forward, [].</param>
    /// <param name="training">True in a training forward.</param>
    /// <param name="folding">True for a weight to fold, which <see cref="SigmaReparamAttribute.ExportSigma"/> may give the exact s₁.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Map(Tensor latent, Tensor gamma, Tensor u, Tensor sigma, bool training, bool folding, SigmaReparamAttribute options)
    {
        var type = Precise(latent.dtype);
        var matrix = AsMatrix(latent).to(type);
        var scale = folding && options.ExportSigma == ExportSigma.Exact
            ? LargestSingular(matrix.to(ScalarType.Float64), options.Eps).S1.to(type)
            : Estimate(matrix, u, sigma, training, options);

        // ε keeps a zero matrix at zero; elsewhere it is far below σ's last digit.
        return (latent.to(type) * (gamma.to(type) / (scale + options.Eps))).to(latent.dtype);
    }

    private static Tensor Estimate(Tensor matrix, Tensor u, Tensor sigma, bool training, SigmaReparamAttribute options)
    {
        Tensor v, next;
        using (no_grad())
        {
            var fixedMatrix = matrix.detach();
            next = u.to(matrix.dtype);
            v = Unit(fixedMatrix.mv(next), options.Eps);
            next = Unit(fixedMatrix.t().mv(v), options.Eps);
            for (var i = 1; i < options.PowerIterations; i++)
            {
                v = Unit(fixedMatrix.mv(next), options.Eps);
                next = Unit(fixedMatrix.t().mv(v), options.Eps);
            }
        }

        var estimate = v.dot(matrix.mv(next));
        if (training)
        {
            using var noGrad = no_grad();
            u.copy_(next);
            sigma.copy_(estimate.detach());
        }

        return estimate;
    }

    // s₁ and its right vector from the Gram matrix of the smaller side: exact enough, since the top eigenvalue is the best conditioned one.
    private static (Tensor S1, Tensor U) LargestSingular(Tensor matrix, double eps)
    {
        var wide = matrix.shape[1] > matrix.shape[0];
        var gram = wide ? matrix.mm(matrix.t()) : matrix.t().mm(matrix);
        var (_, vectors) = linalg.eigh(gram);
        var top = vectors.select(1, vectors.shape[1] - 1);
        var u = wide ? Unit(matrix.t().mv(top), eps) : top;

        // A zero matrix has no direction: any unit vector serves, and must not be zero, or the iteration could never leave it.
        if (u.norm().item<double>() < 0.5)
        {
            u = full_like(u, 1 / Math.Sqrt(u.numel()));
        }

        return (matrix.mv(u).norm(), u);
    }

    private static Tensor Unit(Tensor vector, double eps) => vector / vector.norm().clamp_min(eps);

    private static Tensor AsMatrix(Tensor weight) => weight.reshape(weight.shape[0], -1);

    private static ScalarType Precise(ScalarType type) => type == ScalarType.Float64 ? type : ScalarType.Float32;
}
