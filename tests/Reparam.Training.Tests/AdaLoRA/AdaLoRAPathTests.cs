using Reparam.Training.AdaLoRA;
using TorchSharp;
using TorchSharp.Modules;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.AdaLoRA;

/// <summary>The side path of AdaLoRA, in float64 on every kind of layer.</summary>
public class AdaLoRAPathTests
{
    private static readonly AdaLoRAAttribute Options = new(3, 2) { Alpha = 7 };

    [Theory]
    [InlineData("linear")]
    [InlineData("conv1d")]
    [InlineData("grouped")]
    public void The_start_leaves_the_function_as_it_was(string layer)
    {
        var (side, x) = Make(layer);
        var (a, e, b) = AdaLoRAPath.Attach(side, Options);
        Assert.Equal(0, e.abs().max().item<double>());
        Assert.InRange(a.std().item<double>(), 0.01, 0.03);
        Assert.InRange(b.std().item<double>(), 0.01, 0.03);
        Assert.Equal(0, Distance(AdaLoRAPath.Forward(x, side.Product(x), a, e, b, side, true, Options), side.Product(x)));
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("conv1d")]
    [InlineData("grouped")]
    public void The_path_is_the_layer_with_the_delta_and_the_delta_is_the_formula(string layer)
    {
        var (side, x) = Make(layer);
        var (a, e, b) = Moved(AdaLoRAPath.Attach(side, Options));
        var y = AdaLoRAPath.Forward(x, side.Product(x), a, e, b, side, false, Options);
        Assert.InRange(Distance(y, side.Run(x, side.Weight() + AdaLoRAPath.Delta(a, e, b, side.Shape, Options))), 0, 1e-12);

        var delta = AdaLoRAPath.Delta(a, e, b, side.Shape, Options).reshape(b.shape[0], -1);
        var (left, middle, right) = (b.data<double>().ToArray(), e.data<double>().ToArray(), a.data<double>().ToArray());
        for (var o = 0; o < b.shape[0]; o++)
        {
            for (var i = 0; i < a.shape[1]; i++)
            {
                var sum = Enumerable.Range(0, 3).Sum(r => left[(o * 3) + r] * middle[r] * right[(r * (int)a.shape[1]) + i]);
                Assert.Equal(sum * 7 / (3 + 1e-5), delta[o, i].item<double>(), 1e-13);
            }
        }
    }

    [Fact]
    public void Gradients_are_the_closed_forms()
    {
        var (side, x) = Make("linear");
        var (a, e, b) = Moved(AdaLoRAPath.Attach(side, Options));
        var g = randn(x.shape[0], 5, dtype: ScalarType.Float64);
        (AdaLoRAPath.Forward(x, side.Product(x), a, e, b, side, true, Options) * g).sum().backward();
        using var noGrad = no_grad();
        var c = 7 / (3 + 1e-5);
        Assert.InRange(Distance(a.grad!, e * b.t().mm(g.t()).mm(x) * c), 0, 1e-11);
        Assert.InRange(Distance(e.grad!.flatten(), b.t().mm(g.t()).mm(x).mm(a.t()).diag() * c), 0, 1e-11);
        Assert.InRange(Distance(b.grad!, g.t().mm(x).mm(a.t()) * e.t() * c), 0, 1e-11);
    }

    [Fact]
    public void Dropout_touches_the_path_alone_and_only_in_training()
    {
        manual_seed(3);
        var (side, x) = Make("linear");
        var (a, e, b) = Moved(AdaLoRAPath.Attach(side, Options));
        var drops = new AdaLoRAAttribute(3, 2) { Alpha = 7, Dropout = 0.5 };
        var y = side.Product(x);
        var still = AdaLoRAPath.Forward(x, y, a, e, b, side, false, drops);
        Assert.Equal(0, Distance(still, AdaLoRAPath.Forward(x, y, a, e, b, side, false, Options)));
        Assert.True(Distance(AdaLoRAPath.Forward(x, y, a, e, b, side, true, drops), still) > 1e-4);
        Assert.Equal(0, Distance(AdaLoRAPath.Forward(x, y, a, zeros_like(e), b, side, true, drops), y));
    }

    [Fact]
    public void Alpha_of_zero_is_the_rank_and_the_divisor_is_the_rank_at_the_start()
    {
        Assert.Equal(12 / (12 + 1e-5), AdaLoRAPath.Factor(new AdaLoRAAttribute(12, 8)));
        Assert.Equal(32 / (12 + 1e-5), AdaLoRAPath.Factor(new AdaLoRAAttribute(12, 8) { Alpha = 32 }));
    }

    [Theory]
    [InlineData(6, 2, "rank 6 is not between 1 and 5")]
    [InlineData(4, 5, "the target rank 5 is not between 1 and the rank at the start, 4")]
    [InlineData(4, 0, "the target rank 0")]
    public void Ranks_that_do_not_fit_are_refused_by_name(int rank, int target, string part)
    {
        var refused = Assert.Throws<ArgumentException>(() => AdaLoRAPath.Attach(Make("linear").Side, new AdaLoRAAttribute(rank, target)));
        Assert.StartsWith("Test.Layer (AdaLoRA): " + part, refused.Message, StringComparison.Ordinal);
    }

    private static (Parameter A, Parameter E, Parameter B) Moved((Parameter A, Parameter E, Parameter B) attached)
    {
        using var noGrad = no_grad();
        attached.A.add_(randn_like(attached.A) * 0.3);
        attached.E.add_(randn_like(attached.E));
        attached.B.add_(randn_like(attached.B) * 0.3);
        return attached;
    }

    private static (IBaseLayer Side, Tensor X) Make(string layer)
    {
        manual_seed(7);
        var f64 = ScalarType.Float64;
        var (kind, weight, x, groups) = layer switch
        {
            "linear" => (LayerKinds.Linear, randn(5, 7, dtype: f64), randn(9, 7, dtype: f64), 1L),
            "conv1d" => (LayerKinds.Conv1d, randn(6, 4, 3, dtype: f64), randn(2, 4, 11, dtype: f64), 1L),
            _ => (LayerKinds.Conv2d, randn(6, 2, 3, 3, dtype: f64), randn(2, 4, 8, 7, dtype: f64), 2L),
        };
        return (new DenseBase(new LayerShape("Test.Layer", kind, weight.shape, groups), weight, null, new Operation(kind, groups)), x);
    }

    private sealed class Operation(LayerKinds kind, long groups) : ILayerOperation
    {
        public Tensor Run(Tensor x, Tensor weight) => kind switch
        {
            LayerKinds.Linear => functional.linear(x, weight),
            LayerKinds.Conv1d => functional.conv1d(x, weight, null, 1, 2, 2, groups),
            _ => functional.conv2d(x, weight, null, [2, 1], [1, 2], [1, 2], groups),
        };
    }
}
