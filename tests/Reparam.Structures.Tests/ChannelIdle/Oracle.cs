using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Structures.Tests.ChannelIdle;

/// <summary>The block's evaluation forward by the paper's formulas, in float64 and one token at a time.</summary>
internal sealed class Oracle
{
    private readonly Dictionary<string, double[]> state;
    private readonly int active;
    private readonly double eps;

    /// <summary>Takes a block's state dict.</summary>
    public Oracle(nn.Module block, long active, double eps)
    {
        state = block.state_dict().ToDictionary(e => e.Key, e => e.Value.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray(), StringComparer.Ordinal);
        (this.active, this.eps) = ((int)active, eps);
    }

    /// <summary>y = x + W2·BN2([gelu(u of the first k); u of the rest]) + b2 with u = W1·BN1(x) + b1.</summary>
    public double[] Forward(double[] x)
    {
        var u = Linear("fc1", Norm("norm1", x));
        var a = u.Select((value, i) => i < active ? 0.5 * value * (1 + Erf(value / Math.Sqrt(2))) : value).ToArray();
        return [.. Linear("fc2", Norm("norm2", a)).Select((value, i) => value + x[i])];
    }

    private double[] Linear(string layer, double[] x)
    {
        var (weight, bias) = (state[layer + ".weight"], state[layer + ".bias"]);
        return [.. bias.Select((b, row) => b + x.Select((value, column) => value * weight[(row * x.Length) + column]).Sum())];
    }

    private double[] Norm(string norm, double[] x) => !state.TryGetValue(norm + ".running_var", out var variance) ? x
        : [.. x.Select((value, i) => ((value - state[norm + ".running_mean"][i]) / Math.Sqrt(variance[i] + eps) * state[norm + ".weight"][i]) + state[norm + ".bias"][i])];

    // The series of the error function; its arguments here are below 6.
    private static double Erf(double z)
    {
        var (sum, term) = (z, z);
        for (var n = 1; n < 400 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= -z * z / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
