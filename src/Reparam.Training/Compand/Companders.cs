using static TorchSharp.torch;

namespace Reparam.Training.Compand;

/// <summary>The companders ψ, odd and strictly increasing with ψ(0) = 0, and their inverses.</summary>
internal static class Companders
{
    // µ of telephony's µ-law.
    private const double Mu = 255;

    /// <summary>
    /// sup ψ. µ-law has none; there it is the value up to which the inverse stays of moderate size: ψ⁻¹(2) = 257.
    /// </summary>
    public static double Bound(Compander kind) => kind switch
    {
        Compander.Arctan => Math.PI / 2,
        Compander.Tanh or Compander.Softsign => 1,
        Compander.MuLaw => 2,
        _ => throw Unknown(kind),
    };

    /// <summary>ψ(x), element-wise.</summary>
    public static Tensor Forward(Compander kind, Tensor x) => kind switch
    {
        Compander.Arctan => x.atan(),
        Compander.Tanh => x.tanh(),
        Compander.MuLaw => MuLaw(x),
        Compander.Softsign => Softsign(x),
        _ => throw Unknown(kind),
    };

    /// <summary>ψ⁻¹(y), element-wise, for |y| below the bound.</summary>
    public static Tensor Inverse(Compander kind, Tensor y) => kind switch
    {
        Compander.Arctan => y.tan(),
        Compander.Tanh => y.atanh(),
        Compander.MuLaw => y.sign() * (y.abs() * Math.Log(1 + Mu)).expm1() / Mu,
        Compander.Softsign => y / (1 - y.abs()),
        _ => throw Unknown(kind),
    };

    // Infinite values would give ∞/∞; the clamp makes them ±1 with gradient 0.
    private static Tensor Softsign(Tensor x)
    {
        var finite = x.clamp(-1e30, 1e30);
        return finite / (1 + finite.abs());
    }

    // Written as x·(ln(1 + µ|x|)/|x|): with a factor sign(x) the gradient at 0 would be 0 instead of µ/ln(1 + µ).
    private static Tensor MuLaw(Tensor x)
    {
        var magnitude = x.abs().clamp_min(1e-12);
        return x * ((magnitude * Mu).log1p() / (magnitude * Math.Log(1 + Mu)));
    }

    private static ArgumentOutOfRangeException Unknown(Compander kind) => new(nameof(kind), kind, "No such compander.");
}
