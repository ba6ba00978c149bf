using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class ReductionParityTests
{
    private static readonly Dictionary<string, (Func<torch.Tensor, torch.Tensor> Theirs, Func<Tensor, Tensor> Ours)> Functions = new()
    {
        ["sum"] = (t => t.sum(), t => t.Sum()),
        ["sum -1"] = (t => t.sum(-1), t => t.Sum(-1)),
        ["sum 0 keep"] = (t => t.sum(0, keepdim: true), t => t.Sum(0, keepdim: true)),
        ["sum two"] = (t => t.sum([0, -1]), t => t.Sum([0, -1])),
        ["sum float"] = (t => t.sum(0, type: torch.float32), t => t.Sum(0, type: DType.Float32)),
        ["mean"] = (t => t.mean(), t => t.Mean()),
        ["mean -1 keep"] = (t => t.mean([-1], keepdim: true), t => t.Mean([-1], keepdim: true)),
        ["mean 0"] = (t => t.mean([0]), t => t.Mean([0])),
        ["mean float"] = (t => t.mean([0], type: torch.float32), t => t.Mean([0], type: DType.Float32)),
        ["var"] = (t => t.var(), t => t.Var()),
        ["var of all, biased"] = (t => t.var(unbiased: false), t => t.Var(unbiased: false)),
        ["std of all, biased"] = (t => t.std(unbiased: false), t => t.Std(unbiased: false)),
        ["var biased"] = (t => t.var(-1, unbiased: false, keepdim: true), t => t.Var(-1, unbiased: false, keepdim: true)),
        ["std 0"] = (t => t.std(0), t => t.Std(0)),
        ["max"] = (t => t.max(), t => t.Max()),
        ["min"] = (t => t.min(), t => t.Min()),
        ["max -1"] = (t => t.max(-1).values, t => t.Max(-1).values),
        ["max 0 where"] = (t => t.max(0, true).indexes, t => t.Max(0, true).indexes),
        ["min -1"] = (t => t.min(-1).values, t => t.Min(-1).values),
        ["min 0 where"] = (t => t.min(0).indexes, t => t.Min(0).indexes),
        ["amax"] = (t => t.amax([0, -1]), t => t.Amax([0, -1])),
        ["amin"] = (t => t.amin([-1], true), t => t.Amin([-1], true)),
        ["argmax"] = (t => t.argmax(), t => t.Argmax()),
        ["argmax -1"] = (t => t.argmax(-1), t => t.Argmax(-1)),
        ["argmin 0 keep"] = (t => t.argmin(0, true), t => t.Argmin(0, true)),
        ["all"] = (t => t.all(), t => t.All()),
        ["all 0"] = (t => t.all(0), t => t.All(0)),
        ["any"] = (t => t.any(), t => t.Any()),
        ["any -1 keep"] = (t => t.any(-1, true), t => t.Any(-1, true)),
        ["cumsum 0"] = (t => t.cumsum(0), t => t.Cumsum(0)),
        ["cumsum -1"] = (t => t.cumsum(-1), t => t.Cumsum(-1)),
        ["softmax -1"] = (t => t.softmax(-1), t => t.Softmax(-1)),
        ["softmax 0"] = (t => t.softmax(0), t => t.Softmax(0)),
        ["log_softmax -1"] = (t => t.log_softmax(-1), t => t.LogSoftmax(-1)),
        ["log_softmax 0"] = (t => t.log_softmax(0), t => t.LogSoftmax(0)),
        ["tril"] = (t => t.tril(), t => t.Tril()),
        ["tril 1"] = (t => t.tril(1), t => t.Tril(1)),
        ["triu"] = (t => t.triu(-1), t => t.Triu(-1)),
        ["norm by hand"] = (t => t.square().sum(-1).sqrt(), t => t.Square().Sum(-1).Sqrt()),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Floats_agree_on_odd_shapes(string name)
    {
        var (theirs, ours) = Functions[name];
        foreach (var shape in Pair.OddShapes)
        {
            foreach (var pair in Pair.Floats(shape, seed: shape.Length + 7).Layouts())
            {
                Compare.SameOrRefused(() => theirs(pair.Theirs), () => ours(pair.Ours), 1e-5, 2e-6, $"{name} [{string.Join(", ", pair.Theirs.shape)}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_types_agree_or_are_refused(string name)
    {
        var (theirs, ours) = Functions[name];
        if (name.StartsWith("var", StringComparison.Ordinal) || name.StartsWith("std", StringComparison.Ordinal))
        {
            // TorchSharp lets libtorch's refusal end the process.
            Assert.Throws<InvalidOperationException>(() => ours(Torch.Arange(6).View(2, 3)));
            return;
        }

        foreach (var pair in new[] { Pair.Integers([3, 5]), Pair.Integers([4]), Pair.Bools([3, 5]), Pair.Integers([2, 0]) })
        {
            if (pair.Theirs.numel() > 0 || !name.Contains("softmax", StringComparison.Ordinal))
            {
                // (Libtorch looks at the type of a softmax only when there are elements.)
                Compare.SameOrRefused(() => theirs(pair.Theirs), () => ours(pair.Ours), 1e-5, 2e-6, name);
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_not_finite_agrees(float value)
    {
        var values = Pair.FloatValues(4 * 9, 5, ugly: false);
        values[13] = value;
        values[20] = value;
        var pair = Pair.Of([4, 9], values);
        foreach (var (name, (theirs, ours)) in Functions)
        {
            Compare.SameOrRefused(() => theirs(pair.Theirs), () => ours(pair.Ours), 1e-5, 2e-6, name);
        }
    }

    [Fact]
    public void A_row_of_minus_infinity_has_no_softmax()
    {
        var pair = Pair.Of([3], [float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity]);
        Compare.Same(pair.Theirs.softmax(0), pair.Ours.Softmax(0));
        Compare.Same(pair.Theirs.log_softmax(0), pair.Ours.LogSoftmax(0));
    }

    [Fact]
    public void Long_sums_stay_accurate()
    {
        var values = Enumerable.Range(0, 1_000_003).Select(i => 1f + i % 7 * 1e-3f).ToArray();
        var exact = values.Sum(value => (double)value);
        Assert.InRange((double)Torch.Tensor(values).Sum() / exact, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void A_dimension_named_twice_is_refused() => Assert.Throws<ArgumentException>(() => Torch.Zeros(2, 3).Sum([0, -2]));
}
