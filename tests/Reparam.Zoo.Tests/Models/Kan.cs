//! new Zoo.Kan(new[] { 4, 8, 3 }) : rand(5, 4)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A Kolmogorov-Arnold network: splines on a grid that is a buffer, a base activation, layers in a list.</summary>
public class Kan : Module<Tensor, Tensor>
{
    private readonly ModuleList<KanLinear> layers;

    public Kan(int[] widths, int gridSize = 5, int splineOrder = 3) : base("KAN")
    {
        layers = new ModuleList<KanLinear>();
        foreach (var (input, output) in widths.Zip(widths.Skip(1)))
        {
            layers.Add(new KanLinear(input, output, gridSize, splineOrder));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var layer in layers)
        {
            x = layer.call(x);
        }

        return x;
    }
}

public class KanLinear : Module<Tensor, Tensor>
{
    private readonly int inFeatures;
    private readonly int outFeatures;
    private readonly int splineOrder;
    private readonly Tensor grid;
    private readonly Parameter base_weight;
    private readonly Parameter spline_weight;
    private readonly Parameter spline_scaler;
    private readonly SiLU activation = SiLU();

    public KanLinear(int inFeatures, int outFeatures, int gridSize, int splineOrder, double low = -1, double high = 1) : base("KANLinear")
    {
        (this.inFeatures, this.outFeatures, this.splineOrder) = (inFeatures, outFeatures, splineOrder);
        var h = (high - low) / gridSize;
        grid = (arange(-splineOrder, gridSize + splineOrder + 1) * h + low).expand(inFeatures, -1).contiguous();
        register_buffer("grid", grid);
        base_weight = Parameter(empty(outFeatures, inFeatures));
        spline_weight = Parameter(empty(outFeatures, inFeatures, gridSize + splineOrder));
        spline_scaler = Parameter(empty(outFeatures, inFeatures));
        ResetParameters();
        RegisterComponents();
    }

    private void ResetParameters()
    {
        using (no_grad())
        {
            init.kaiming_uniform_(base_weight, Math.Sqrt(5));
            init.kaiming_uniform_(spline_scaler, Math.Sqrt(5));
            var noise = (rand(spline_weight.shape) - 0.5) * 0.1;
            spline_weight.copy_(noise);
        }
    }

    private Tensor Splines(Tensor x)
    {
        x = x.unsqueeze(-1);
        var bases = (x >= grid[.., ..^1]).logical_and(x < grid[.., 1..]).to(x.dtype);
        for (var k = 1; k <= splineOrder; k++)
        {
            var left = (x - grid[.., ..^(k + 1)]) / (grid[.., k..^1] - grid[.., ..^(k + 1)]) * bases[.., .., ..^1];
            var right = (grid[.., (k + 1)..] - x) / (grid[.., (k + 1)..] - grid[.., 1..^k]) * bases[.., .., 1..];
            bases = left + right;
        }

        return bases.contiguous();
    }

    public override Tensor forward(Tensor x)
    {
        var baseOutput = functional.linear(activation.call(x), base_weight);
        var scaled = spline_weight * spline_scaler.unsqueeze(-1);
        var splineOutput = functional.linear(Splines(x).view(x.size(0), -1), scaled.view(outFeatures, -1));
        return baseOutput + splineOutput;
    }
}
