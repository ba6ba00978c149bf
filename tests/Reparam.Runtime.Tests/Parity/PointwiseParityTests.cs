using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class PointwiseParityTests
{
    private static readonly Dictionary<string, (Func<torch.Tensor, torch.Tensor> Theirs, Func<Tensor, Tensor> Ours)> Functions = new()
    {
        ["sqrt"] = (t => t.sqrt(), t => t.Sqrt()),
        ["rsqrt"] = (t => t.rsqrt(), t => t.Rsqrt()),
        ["exp"] = (t => t.exp(), t => t.Exp()),
        ["log"] = (t => t.log(), t => t.Log()),
        ["sin"] = (t => t.sin(), t => t.Sin()),
        ["cos"] = (t => t.cos(), t => t.Cos()),
        ["tanh"] = (t => t.tanh(), t => t.Tanh()),
        ["sigmoid"] = (t => t.sigmoid(), t => t.Sigmoid()),
        ["erf"] = (t => t.erf(), t => t.Erf()),
        ["reciprocal"] = (t => t.reciprocal(), t => t.Reciprocal()),
        ["abs"] = (t => t.abs(), t => t.Abs()),
        ["neg"] = (t => -t, t => -t),
        ["square"] = (t => t.square(), t => t.Square()),
        ["floor"] = (t => t.floor(), t => t.Floor()),
        ["ceil"] = (t => t.ceil(), t => t.Ceil()),
        ["round"] = (t => t.round(), t => t.Round()),
        ["relu"] = (t => t.relu(), t => t.Relu()),
        ["relu_"] = (t => t.clone().relu_(), t => t.Clone().Relu_()),
        ["isnan"] = (t => t.isnan(), t => t.Isnan()),
        ["pow 2"] = (t => t.pow(2), t => t.Pow(2)),
        ["pow 3"] = (t => t.pow(3), t => t.Pow(3)),
        ["pow 0"] = (t => t.pow(0), t => t.Pow(0)),
        ["pow 0.5"] = (t => t.pow(0.5), t => t.Pow(0.5)),
        ["pow -0.5"] = (t => t.pow(-0.5), t => t.Pow(-0.5)),
        ["pow -1"] = (t => t.pow(-1), t => t.Pow(-1)),
        ["pow 1.7"] = (t => t.pow(1.7), t => t.Pow(1.7)),
        ["clamp both"] = (t => t.clamp(-0.5, 1), t => t.Clamp(-0.5, 1)),
        ["clamp min"] = (t => t.clamp(min: 0.25), t => t.Clamp(min: 0.25)),
        ["clamp max"] = (t => t.clamp(max: 0), t => t.Clamp(max: 0)),
        ["clamp crossed"] = (t => t.clamp(2, -1), t => t.Clamp(2, -1)),
        ["+ 2"] = (t => t + 2, t => t + 2),
        ["2.5 -"] = (t => 2.5 - t, t => 2.5 - t),
        ["* 0.1"] = (t => t * 0.1, t => t * 0.1),
        ["/ 3"] = (t => t / 3, t => t / 3),
        ["1 /"] = (t => 1 / t, t => 1 / t),
        ["- 1f"] = (t => t - 1f, t => t - 1f),
        ["== 0"] = (t => t == 0, t => t == 0),
        ["!= 1"] = (t => t != 1, t => t != 1),
        ["> 0.5"] = (t => t > 0.5, t => t > 0.5),
        ["<= 0"] = (t => t <= 0, t => t <= 0),
        ["logical_not"] = (t => t.logical_not(), t => t.LogicalNot()),
        ["to float"] = (t => t.@float(), t => t.Float()),
        ["to bool"] = (t => t.@bool(), t => t.Bool()),
        ["clone"] = (t => t.clone(), t => t.Clone()),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Functions_of_floats_agree_on_odd_shapes_and_ugly_values(string name)
    {
        var (theirs, ours) = Functions[name];
        foreach (var shape in Pair.OddShapes)
        {
            foreach (var pair in Pair.Floats(shape, seed: shape.Length + 3, ugly: true).Layouts())
            {
                Compare.SameOrRefused(() => theirs(pair.Theirs), () => ours(pair.Ours), relative: 4e-6, absolute: 1e-37, because: name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Functions_of_integers_and_truth_values_agree_or_are_refused(string name)
    {
        var (theirs, ours) = Functions[name];
        foreach (var pair in new[] { Pair.Integers([3, 5]), Pair.Integers([0]), Pair.Integers([]), Pair.Bools([3, 5]), Pair.Bools([2, 0]) })
        {
            Compare.SameOrRefused(() => theirs(pair.Theirs), () => ours(pair.Ours), relative: 4e-6, absolute: 1e-37, because: name);
        }
    }

    [Fact]
    public void Gelu_and_silu_agree()
    {
        foreach (var pair in Pair.Floats([5, 67], scale: 3).Layouts())
        {
            // Against double precision: libtorch's own single-precision error reaches 1e-6.
            var wide = pair.Theirs.to_type(torch.float64);
            Compare.Same(wide.gelu().to_type(torch.float32), Functional.Gelu(pair.Ours), 4e-6, 4e-7);
            Compare.Same(
                wide.gelu(TorchSharp.Modules.GELU.Approximate.tanh).to_type(torch.float32), Functional.Gelu(pair.Ours, GeluApproximate.Tanh), 4e-6, 4e-7);
            Compare.Same(torch.nn.functional.silu(pair.Theirs), Functional.Silu(pair.Ours), 4e-6, 1e-7);
        }
    }

    [Fact]
    public void Gelu_and_silu_pass_on_what_is_not_finite()
    {
        var ugly = Pair.Of([5], [float.NaN, 0f, -0f, 1e38f, -1e38f]);
        Compare.Same(ugly.Theirs.gelu(), ugly.Ours.Gelu());
        Compare.Same(ugly.Theirs.silu(), ugly.Ours.Silu());

        // Libtorch's vector path gives NaN for gelu(∞).
        Assert.Equal(float.PositiveInfinity, (float)Torch.Tensor(float.PositiveInfinity).Gelu());
    }

    [Fact]
    public void Floats_become_integers_towards_zero()
    {
        var pair = Pair.Of([6], [1.9f, -1.9f, 0f, -0f, 1e15f, 3f]);
        Compare.Same(pair.Theirs.@long(), pair.Ours.Long());
    }

    [Fact]
    public void A_result_keeps_the_memory_order_of_its_operand()
    {
        var pair = Pair.Floats([3, 5]).Map(t => t.transpose(0, 1), t => t.Transpose(0, 1));
        Assert.Equal(pair.Theirs.exp().stride(), pair.Ours.Exp().Stride().ToArray());
        Assert.Equal((pair.Theirs + pair.Theirs).stride(), (pair.Ours + pair.Ours).Stride().ToArray());
        Assert.Throws<InvalidOperationException>(() => pair.Ours.Exp().View(15));
    }
}
