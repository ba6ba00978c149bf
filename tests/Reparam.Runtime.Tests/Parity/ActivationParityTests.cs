using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;
using TorchLayer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Every activation, as a layer and as a function, on ugly values too; in place it changes its input.</summary>
public class ActivationParityTests
{
    private static readonly Dictionary<string, (Func<TorchLayer> Theirs, Func<Module<Tensor, Tensor>> Ours)> Layers = new()
    {
        ["celu"] = (() => CELU(), () => Nn.CELU()),
        ["celu in place"] = (() => CELU(0.3, inplace: true), () => Nn.CELU(0.3, inplace: true)),
        ["elu"] = (() => ELU(), () => Nn.ELU()),
        ["elu in place"] = (() => ELU(1.7, inplace: true), () => Nn.ELU(1.7, inplace: true)),
        ["selu"] = (() => SELU(), () => Nn.SELU()),
        ["selu in place"] = (() => SELU(inplace: true), () => Nn.SELU(inplace: true)),
        ["gelu"] = (() => GELU(), () => Nn.GELU()),
        ["gelu in place"] = (() => GELU(inplace: true), () => Nn.GELU(inplace: true)),
        ["gelu tanh"] = (() => GELU(TorchSharp.Modules.GELU.Approximate.tanh), () => Nn.GELU(GeluApproximate.Tanh)),
        ["glu"] = (() => GLU(), () => Nn.GLU()),
        ["glu 0"] = (() => GLU(0), () => Nn.GLU(0)),
        ["hardshrink"] = (() => Hardshrink(0.4), () => Nn.Hardshrink(0.4)),
        ["softshrink"] = (() => Softshrink(0.4), () => Nn.Softshrink(0.4)),
        ["hardsigmoid"] = (() => Hardsigmoid(), () => Nn.Hardsigmoid()),
        ["hardsigmoid in place"] = (() => Hardsigmoid(inplace: true), () => Nn.Hardsigmoid(inplace: true)),
        ["hardswish"] = (() => Hardswish(), () => Nn.Hardswish()),
        ["hardswish in place"] = (() => Hardswish(inplace: true), () => Nn.Hardswish(inplace: true)),
        ["hardtanh"] = (() => Hardtanh(), () => Nn.Hardtanh()),
        ["hardtanh in place"] = (() => Hardtanh(-0.3, 2.5, inplace: true), () => Nn.Hardtanh(-0.3, 2.5, inplace: true)),
        ["leaky relu"] = (() => LeakyReLU(), () => Nn.LeakyReLU()),
        ["leaky relu in place"] = (() => LeakyReLU(0.2, inplace: true), () => Nn.LeakyReLU(0.2, inplace: true)),
        ["rrelu"] = (() => RReLU(), () => Nn.RReLU()),
        ["rrelu in place"] = (() => RReLU(0.1, 0.4, inplace: true), () => Nn.RReLU(0.1, 0.4, inplace: true)),
        ["relu"] = (() => ReLU(), () => Nn.ReLU()),
        ["relu in place"] = (() => ReLU(inplace: true), () => Nn.ReLU(inplace: true)),
        ["relu6"] = (() => ReLU6(), () => Nn.ReLU6()),
        ["relu6 in place"] = (() => ReLU6(inplace: true), () => Nn.ReLU6(inplace: true)),
        ["log sigmoid"] = (() => LogSigmoid(), () => Nn.LogSigmoid()),
        ["log softmax"] = (() => LogSoftmax(1), () => Nn.LogSoftmax(1)),
        ["mish"] = (() => Mish(), () => Nn.Mish()),
        ["mish in place"] = (() => Mish(inplace: true), () => Nn.Mish(inplace: true)),
        ["sigmoid"] = (() => Sigmoid(), () => Nn.Sigmoid()),
        ["sigmoid in place"] = (() => Sigmoid(inplace: true), () => Nn.Sigmoid(inplace: true)),
        ["silu"] = (() => SiLU(), () => Nn.SiLU()),
        ["silu in place"] = (() => SiLU(inplace: true), () => Nn.SiLU(inplace: true)),
        ["softmax"] = (() => Softmax(-1), () => Nn.Softmax(-1)),
        ["softmax 2d"] = (() => Softmax2d(), () => Nn.Softmax2d()),
        ["softmin"] = (() => Softmin(1), () => Nn.Softmin(1)),
        ["softplus"] = (() => Softplus(), () => Nn.Softplus()),
        ["softplus 2"] = (() => Softplus(2, 5), () => Nn.Softplus(2, 5)),
        ["softsign"] = (() => Softsign(), () => Nn.Softsign()),
        ["softsign in place"] = (() => Softsign(inplace: true), () => Nn.Softsign(inplace: true)),
        ["tanh"] = (() => Tanh(), () => Nn.Tanh()),
        ["tanh in place"] = (() => Tanh(inplace: true), () => Nn.Tanh(inplace: true)),
        ["tanhshrink"] = (() => Tanhshrink(), () => Nn.Tanhshrink()),
        ["tanhshrink in place"] = (() => Tanhshrink(inplace: true), () => Nn.Tanhshrink(inplace: true)),
        ["threshold"] = (() => Threshold(0.1, -7), () => Nn.Threshold(0.1, -7)),
        ["threshold in place"] = (() => Threshold(0.1, -7, inplace: true), () => Nn.Threshold(0.1, -7, inplace: true)),
        ["prelu"] = (() => PReLU(1), () => Nn.PReLU(1)),
        ["prelu of channels"] = (() => PReLU(4), () => Nn.PReLU(4)),
        ["identity"] = (() => Identity(), () => Nn.Identity()),
        ["dropout"] = (() => Dropout(), () => Nn.Dropout()),
        ["dropout 1d"] = (() => Dropout1d(), () => Nn.Dropout1d()),
        ["dropout 2d"] = (() => Dropout2d(), () => Nn.Dropout2d()),
        ["dropout 3d"] = (() => Dropout3d(), () => Nn.Dropout3d()),
        ["alpha dropout"] = (() => AlphaDropout(), () => Nn.AlphaDropout()),
        ["feature alpha dropout"] = (() => FeatureAlphaDropout(), () => Nn.FeatureAlphaDropout()),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layer_agrees(string name)
    {
        using var noGradient = torch.no_grad();
        var (theirs, ours) = (Layers[name].Theirs(), Layers[name].Ours());
        LayerPair.Share(theirs, ours);
        foreach (var (shape, ugly) in new[] { (new long[] { 2, 4, 3, 5 }, false), ([2, 4, 3, 5], true), ([2, 4, 300], false), ([4, 6], true), ([6], false), ([], false) })
        {
            // A softmax of a row with infinite or huge values is compared elsewhere; libtorch's GELU of infinity is NaN or not, as the vector width is.
            var x = Pair.Floats(shape, 3, ugly && !name.Contains("soft", StringComparison.Ordinal) && !name.Contains("gelu", StringComparison.Ordinal), scale: 3);
            Compare.SameOrRefused(() => theirs.call(x.Theirs.clone()), () => ours.Call(x.Ours.Clone()), 4e-6, 2e-6, name);
            if (x.Theirs.ndim == 4)
            {
                var (theirInput, ourInput) = (x.Theirs.transpose(1, 3).clone(), x.Ours.Transpose(1, 3).Clone());
                Compare.SameOrRefused(() => theirs.call(theirInput.transpose(1, 3)), () => ours.Call(ourInput.Transpose(1, 3)), 4e-6, 2e-6, name);
                Compare.Same(theirInput, ourInput, 4e-6, 2e-6, name + " left its input");
            }
        }
    }

    [Fact]
    public void Functions_agree()
    {
        var x = Pair.Floats([3, 4, 5], 2, ugly: true, scale: 2);
        var functions = new (Func<torch.Tensor, bool, torch.Tensor> Theirs, Func<Tensor, bool, Tensor> Ours)[]
        {
            ((t, i) => functional.celu(t, 0.5, i), (t, i) => Functional.Celu(t, 0.5, i)),
            ((t, i) => functional.elu(t, 0.5, i), (t, i) => Functional.Elu(t, 0.5, i)),
            ((t, i) => functional.selu(t, i), (t, i) => Functional.Selu(t, i)),
            ((t, i) => functional.hardsigmoid(t, i), (t, i) => Functional.Hardsigmoid(t, i)),
            ((t, i) => functional.hardswish(t, i), (t, i) => Functional.Hardswish(t, i)),
            ((t, i) => functional.hardtanh(t, -2, 3, i), (t, i) => Functional.Hardtanh(t, -2, 3, i)),
            ((t, i) => functional.leaky_relu(t, 0.3, i), (t, i) => Functional.LeakyRelu(t, 0.3, i)),
            ((t, i) => functional.mish(t, i), (t, i) => Functional.Mish(t, i)),
            ((t, i) => functional.relu6(t, i), (t, i) => Functional.Relu6(t, i)),
            ((t, i) => functional.silu(t, i), (t, i) => Functional.Silu(t, i)),
            ((t, i) => functional.sigmoid(t, i), (t, i) => Functional.Sigmoid(t, i)),
            ((t, i) => functional.tanh(t, i), (t, i) => Functional.Tanh(t, i)),
            ((t, i) => functional.softsign(t, i), (t, i) => Functional.Softsign(t, i)),
            ((t, i) => functional.tanhshrink(t, i), (t, i) => Functional.Tanhshrink(t, i)),
            ((t, i) => functional.threshold(t, 0.2, 9, i), (t, i) => Functional.Threshold(t, 0.2, 9, i)),
            ((t, _) => functional.hardshrink(t, 0.7), (t, _) => Functional.Hardshrink(t, 0.7)),
            ((t, _) => functional.softshrink(t, 0.7), (t, _) => Functional.Softshrink(t, 0.7)),
            ((t, _) => functional.logsigmoid(t), (t, _) => Functional.Logsigmoid(t)),
            ((t, _) => functional.softplus(t, 0.5, 3), (t, _) => Functional.Softplus(t, 0.5, 3)),
            ((t, _) => functional.glu(t, 1), (t, _) => Functional.Glu(t, 1)),
        };
        for (var i = 0; i < functions.Length; i++)
        {
            foreach (var inPlace in new[] { false, true })
            {
                var (theirInput, ourInput) = (x.Theirs.clone(), x.Ours.Clone());
                Compare.Same(functions[i].Theirs(theirInput, inPlace), functions[i].Ours(ourInput, inPlace), 4e-6, 2e-6, $"function {i}");
                Compare.Same(theirInput, ourInput, 4e-6, 2e-6, $"function {i} left its input");
            }
        }
    }

    [Fact]
    public void Wrong_inputs_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Functional.Glu(Torch.Zeros(2, 3)));
        Assert.Throws<ArgumentException>(() => Functional.Softmax2d(Torch.Zeros(2, 3)));
        Assert.Throws<ArgumentException>(() => Functional.Prelu(Torch.Zeros(2, 3), Torch.Zeros(2)));
        Assert.Throws<InvalidOperationException>(() => Functional.Mish(Torch.Zeros(2, DType.Int64)));
    }
}
