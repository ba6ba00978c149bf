//! new Zoo.SplineNetwork(new[] { 5, 7, 3 }) : rand(6, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A Kolmogorov-Arnold network (Liu et al., 2024): each edge has a curve of its own, a sum of B-splines beside a SiLU.
/// Kinds: parameters made empty and filled under no_grad with random numbers, knots as a buffer, weights that are products of parameters, ranges from
/// the end, comparisons as masks, a list filled over pairs of neighbours, a layer in a field initialiser beside a constructor.
/// </summary>
public class SplineNetwork : Module<Tensor, Tensor>
{
    private readonly ModuleList<SplineEdges> steps = new ModuleList<SplineEdges>();

    public SplineNetwork(int[] widths, int pieces = 6, int degree = 3) : base("KAN")
    {
        foreach (var (from, to) in widths.SkipLast(1).Zip(widths.Skip(1)))
        {
            steps.Add(new SplineEdges(from, to, pieces, degree));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var step in steps)
        {
            x = step.call(x);
        }

        return x;
    }
}

public class SplineEdges : Module<Tensor, Tensor>
{
    private readonly int degree;
    private readonly Tensor knots;
    private readonly Parameter slope;
    private readonly Parameter heights;
    private readonly Parameter strength;
    private readonly SiLU swish = SiLU();

    public SplineEdges(int from, int to, int pieces, int degree, double low = -1.0, double high = 1.0) : base(nameof(SplineEdges))
    {
        this.degree = degree;

        heights = Parameter(empty(to, from, pieces + degree));
        (slope, strength) = (Parameter(empty(to, from)), Parameter(empty(to, from)));

        // Beyond both ends stand as many knots as the degree, so that a full set of splines covers the whole range.
        var places = arange(pieces + 2 * degree + 1) - degree;
        knots = (low + places * (high - low) / pieces).expand(from, -1).contiguous();
        register_buffer("knots", knots);
        Start(0.05);
        RegisterComponents();
    }

    private void Start(double roughness)
    {
        using var frozen = no_grad();
        init.kaiming_uniform_(slope, Math.Sqrt(5));
        init.kaiming_uniform_(strength, Math.Sqrt(5));
        heights.copy_((rand(heights.shape) * 2 - 1) * roughness);
    }

    // The recursion of de Boor (1978): a spline of one degree more is a blend of two neighbours.
    private Tensor Basis(Tensor x)
    {
        var at = x.unsqueeze(-1);
        var basis = (knots[.., 1..] > at).logical_and(knots[.., ..^1] <= at).to(x.dtype);
        for (var d = 1; d <= degree; d++)
        {
            var (start, end) = (knots[.., ..^(d + 1)], knots[.., (d + 1)..]);
            var rise = (at - start) / (knots[.., d..^1] - start);
            var fall = (end - at) / (end - knots[.., 1..^d]);
            basis = rise * basis[.., .., ..^1] + fall * basis[.., .., 1..];
        }

        return basis.contiguous();
    }

    public override Tensor forward(Tensor x)
    {
        var curves = heights * strength.unsqueeze(-1);
        var bent = functional.linear(Basis(x).view(x.size(0), -1), curves.view(curves.size(0), -1));
        return bent + functional.linear(swish.call(x), slope);
    }
}
