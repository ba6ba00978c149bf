using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class SpecialParityTests
{
    [Theory]
    [InlineData("special.entr", -1, 5)]
    [InlineData("special.ndtri", -0.1, 1.1)]
    [InlineData("special.i0e", -60, 60)]
    [InlineData("special.i1", -40, 40)]
    [InlineData("special.i1e", -60, 60)]
    [InlineData("special.logit", 0.01, 0.99)]
    public void Functions_of_one_number_agree(string name, double low, double high)
    {
        foreach (var (type, relative) in new[] { (torch.float64, 2e-11), (torch.float32, 3e-6) })
        {
            var values = torch.linspace(low, high, 97, type);
            BothSides.Same(name, relative, relative, new Pair(values, Torch.Linspace(low, high, 97, Enum.Parse<DType>(type.ToString()))));
        }
    }

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1e-9)]
    [InlineData(0.002)]
    [InlineData(0.999999)]
    public void Tails_of_the_normal_quantile_agree(double p) =>
        Compare.Same(torch.special.ndtri(torch.tensor(p)), Special.Ndtri(Torch.Tensor(p)), 1e-12);

    [Theory]
    [InlineData("igamma")]
    [InlineData("igammac")]
    [InlineData("special.gammainc")]
    [InlineData("special.gammaincc")]
    public void Incomplete_gamma_functions_agree(string name)
    {
        var a = new[] { 0, 0.1, 0.5, 1, 2.5, 7, 30, 150, double.NaN, 3, -1 };
        var x = new[] { 0, 0.01, 0.5, 1, 2, 3.5, 8, 31, 149, 400, double.PositiveInfinity, -1 };
        
        // libtorch keeps nine digits near the middle of large orders.
        BothSides.Same(name, 2e-9, 1e-9, Doubles(a, [a.Length, 1]), Doubles(x, [x.Length]));
    }

    [Fact]
    public void Zeta_and_polygamma_agree()
    {
        var q = Doubles([0.3, 1, 2, 5.5, 20, 0], [6, 1]);
        BothSides.Same("special.zeta", 1e-12, 1e-12, Doubles([1.1, 2, 3.5, 9, 1, 0.5], [6]), q);
        foreach (var order in new long[] { 0, 1, 2, 3, 5 })
        {
            BothSides.Same("polygamma", 1e-9, 1e-9, Doubles([0.3, 1, 2, 5.5, 20], [5]), order);
        }

        BothSides.Same("mvlgamma", 1e-12, 1e-12, Doubles([2.3, 3, 20], [3]), 3L);
        BothSides.Same("special.multigammaln", 1e-12, 1e-12, Doubles([2.3, 3, 20], [3]), 2L);
    }

    [Fact]
    public void Logarithms_agree()
    {
        BothSides.Same("special.xlog1py", 1e-12, 0, Doubles([0, 0, 2, 3], [4]), Doubles([double.NaN, 5, 1e-9, 4], [4]));
    }

    private static Pair Doubles(double[] values, long[] shape) => new(torch.tensor(values, shape), Torch.Tensor(values, (ReadOnlySpan<long>)shape));
}
