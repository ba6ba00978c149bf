using Reparam.Runtime;
using TorchSharp;
using TheirGenerator = TorchSharp.torch.Generator;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>A seed gives TorchSharp's numbers. Generators are named, so that tests which run beside these do not take numbers away.</summary>
public class RandomParityTests
{
    private static readonly Dictionary<string, (Func<TheirGenerator, torch.Tensor> Theirs, Func<Generator, Tensor> Ours)> Draws = new()
    {
        ["rand"] = (g => torch.rand(7, 5, generator: g), g => Torch.Rand(7, 5, generator: g)),
        ["rand double"] = (g => torch.rand(7, torch.float64, generator: g), g => Torch.Rand(7, DType.Float64, generator: g)),
        ["rand half"] = (g => torch.rand(70, torch.float16, generator: g), g => Torch.Rand(70, DType.Float16, generator: g)),
        ["rand bfloat16"] = (g => torch.rand(70, torch.bfloat16, generator: g), g => Torch.Rand(70, DType.BFloat16, generator: g)),
        ["rand complex"] = (g => torch.rand(7, torch.complex64, generator: g), g => Torch.Rand(7, DType.ComplexFloat32, generator: g)),
        ["uniform_"] = (g => torch.empty(700).uniform_(-0.3, 0.7, g), g => Torch.Empty(700).Uniform_(-0.3, 0.7, g)),
        ["uniform_ transposed"] = (g => torch.empty(5, 4).t().uniform_(0, 1, g), g => Torch.Empty(5, 4).T.Uniform_(0, 1, g)),
        ["uniform_ strided"] = (
            g => torch.zeros(6, 4).slice(0, 0, 6, 2).slice(1, 1, 3, 1).uniform_(0, 1, g), g => Torch.Zeros(6, 4).Slice(0, 0, 6, 2).Slice(1, 1, 3, 1).Uniform_(0, 1, g)),
        ["randint"] = (g => torch.randint(-3, 100, [3, 4], generator: g), g => Torch.Randint(-3, 100, [3, 4], generator: g)),
        ["randint wide"] = (g => torch.randint(0, 1L << 40, [9], generator: g), g => Torch.Randint(0, 1L << 40, [9], generator: g)),
        ["randint 28 bits"] = (g => torch.randint(1L << 28, [9], generator: g), g => Torch.Randint(1L << 28, [9], generator: g)),
        ["randint below 28 bits"] = (g => torch.randint((1L << 28) - 1, [9], generator: g), g => Torch.Randint((1L << 28) - 1, [9], generator: g)),
        ["randint float"] = (g => torch.randint(0, 9, [5], torch.float32, generator: g), g => Torch.Randint(0, 9, [5], DType.Float32, generator: g)),
        ["randint bool"] = (g => torch.randint(0, 2, [9], torch.@bool, generator: g), g => Torch.Randint(0, 2, [9], DType.Bool, generator: g)),
        ["random_"] = (g => torch.zeros(9, dtype: torch.int16).random_(-500, 500, g), g => Torch.Zeros(9, DType.Int16).Random_(-500, 500, g)),
        ["randperm"] = (g => torch.randperm(1000, generator: g), g => Torch.Randperm(1000, generator: g)),
        ["randperm float"] = (g => torch.randperm(10, torch.float32, generator: g), g => Torch.Randperm(10, DType.Float32, generator: g)),
        ["bernoulli_"] = (g => torch.zeros(300).bernoulli_(0.3, g), g => Torch.Zeros(300).Bernoulli_(0.3, g)),
        ["bernoulli_ integers"] = (g => torch.zeros(30, dtype: torch.int64).bernoulli_(0.3, g), g => Torch.Zeros(30, DType.Int64).Bernoulli_(0.3, g)),
        ["bernoulli_ tensor"] = (
            g => torch.zeros(4, 20).bernoulli_(torch.linspace(0, 1, 20), g), g => Torch.Zeros(4, 20).Bernoulli_(Torch.Linspace(0, 1, 20), g)),
        ["bernoulli"] = (g => torch.bernoulli(torch.linspace(0, 1, 200), g), g => Torch.Bernoulli(Torch.Linspace(0, 1, 200), g)),
        ["bernoulli double"] = (
            g => torch.linspace(0, 1, 200, torch.float64).bernoulli(g), g => Torch.Linspace(0, 1, 200, DType.Float64).Bernoulli(g)),
        ["multinomial"] = (g => torch.multinomial(Weights(), 3, false, g), g => Torch.Multinomial(OurWeights(), 3, false, g)),
        ["multinomial one"] = (g => Weights().multinomial(1, true, g), g => OurWeights().Multinomial(1, true, g)),
        ["multinomial again"] = (g => torch.multinomial(Weights(), 50, true, g), g => Torch.Multinomial(OurWeights(), 50, true, g)),
        ["multinomial rows"] = (
            g => Weights().reshape(2, 3).multinomial(20, true, g), g => OurWeights().Reshape(2, 3).Multinomial(20, true, g)),
        ["multinomial rows once"] = (g => Weights().reshape(2, 3).multinomial(2, false, g), g => OurWeights().Reshape(2, 3).Multinomial(2, false, g)),
        ["geometric_"] = (g => torch.zeros(90).geometric_(0.2, g), g => Torch.Zeros(90).Geometric_(0.2, g)),
        ["poisson"] = (g => torch.poisson(torch.linspace(0, 60, 100), g), g => Torch.Poisson(Torch.Linspace(0, 60, 100), g)),
    };

    private static readonly Dictionary<string, (Func<TheirGenerator, torch.Tensor> Theirs, Func<Generator, Tensor> Ours, double Relative)> Transformed = new()
    {
        ["randn few"] = (g => torch.randn(5, generator: g), g => Torch.Randn(5, generator: g), 1.2e-7),
        ["randn few half"] = (g => torch.randn(5, torch.float16, generator: g), g => Torch.Randn(5, DType.Float16, generator: g), 0),
        ["randn double"] = (g => torch.randn(3, 11, dtype: torch.float64, generator: g), g => Torch.Randn(3, 11, DType.Float64, generator: g), 1e-14),
        ["randn"] = (g => torch.randn(5, 200, generator: g), g => Torch.Randn(5, 200, generator: g), 2e-6),
        ["randn tail"] = (g => torch.randn(37, generator: g), g => Torch.Randn(37, generator: g), 2e-6),
        ["randn half"] = (g => torch.randn(40, torch.float16, generator: g), g => Torch.Randn(40, DType.Float16, generator: g), 0),
        ["randn bfloat16"] = (g => torch.randn(40, torch.bfloat16, generator: g), g => Torch.Randn(40, DType.BFloat16, generator: g), 0),
        ["randn complex"] = (g => torch.randn(20, torch.complex64, generator: g), g => Torch.Randn(20, DType.ComplexFloat32, generator: g), 2e-6),
        ["normal_"] = (g => torch.empty(100).normal_(3, 2, g), g => Torch.Empty(100).Normal_(3, 2, g), 2e-6),
        ["normal_ transposed"] = (g => torch.empty(8, 7).t().normal_(3, 2, g), g => Torch.Empty(8, 7).T.Normal_(3, 2, g), 1.2e-7),
        ["normal"] = (g => torch.normal(3, 2, stackalloc long[] { 4, 10 }, generator: g), g => Torch.Normal(3, 2, [4, 10], generator: g), 2e-6),
        ["normal of tensors"] = (
            g => torch.normal(torch.arange(20).to(torch.float32), torch.full(20, 2f), g), g => Torch.Normal(Torch.Arange(20).Float(), Torch.Full(20, 2f), g), 2e-6),
        ["exponential_"] = (g => torch.empty(100).exponential_(2, g), g => Torch.Empty(100).Exponential_(2, g), 1.2e-7),
        ["exponential_ double"] = (
            g => torch.empty(100, dtype: torch.float64).exponential_(2, g), g => Torch.Empty(100, DType.Float64).Exponential_(2, g), 1e-14),
        ["log_normal_"] = (g => torch.empty(100).log_normal_(1, 0.5, g), g => Torch.Empty(100).LogNormal_(1, 0.5, g), 1.2e-7),
        ["cauchy_"] = (g => torch.empty(100).cauchy_(1, 2, g), g => Torch.Empty(100).Cauchy_(1, 2, g), 1.2e-7),
    };

    public static TheoryData<string> DrawNames => [.. Draws.Keys];

    public static TheoryData<string> TransformedNames => [.. Transformed.Keys];

    [Theory]
    [MemberData(nameof(DrawNames))]
    public void A_seed_gives_the_same_numbers(string name)
    {
        var (theirs, ours) = Draws[name];
        Same(theirs, ours, 0, name);
    }

    [Theory]
    [MemberData(nameof(TransformedNames))]
    public void A_seed_gives_the_same_numbers_but_for_the_last_digits_of_a_logarithm(string name)
    {
        var (theirs, ours, relative) = Transformed[name];
        Same(theirs, ours, relative, name);
    }

    [Fact]
    public void A_state_is_taken_over_from_TorchSharp_and_given_back()
    {
        using var theirs = new TheirGenerator(11);
        torch.randn(3, generator: theirs);
        var ours = new Generator();
        ours.SetState(Torch.Tensor(theirs.get_state().data<byte>().ToArray()));
        Compare.Same(torch.randn(4, torch.float64, generator: theirs), Torch.Randn(4, DType.Float64, generator: ours), 1e-14);
        Assert.Equal(theirs.get_state().data<byte>().ToArray(), ours.GetState().ToArray<byte>());
        Assert.Equal(11, ours.InitialSeed());
        Assert.Throws<ArgumentException>(() => ours.SetState(Torch.Zeros(16, DType.Byte)));
    }

    [Fact]
    public void Single_numbers_agree()
    {
        using var theirs = new TheirGenerator(3);
        var ours = new Generator(3);
        Assert.Equal(torch.rand_float(theirs), Torch.RandFloat(ours), 15);
        Assert.Equal(torch.randn_float(theirs), Torch.RandnFloat(ours), 12);
        Assert.Equal(torch.randint_int(5, 100, theirs), Torch.RandintInt(5, 100, ours));
        Assert.Equal(torch.randint_long(1000, theirs), Torch.RandintLong(1000, ours));
        Assert.Equal(torch.randint_bool(theirs), Torch.RandintBool(ours));
    }

    [Fact]
    public void The_default_generator_serves_what_names_none()
    {
        Torch.ManualSeed(4);
        var first = Torch.RandLike(Torch.Zeros(2, 3), DType.Float64);
        Assert.Equal(4, RandomState.InitialSeed());
        var second = Torch.Zeros(30).RandnLike();
        var generator = new Generator(4);
        Assert.Equal(Torch.Rand(2, 3, DType.Float64, generator: generator).ToArray<double>(), first.ToArray<double>());
        Assert.Equal(Torch.Randn(30, generator: generator).ToArray<float>(), second.ToArray<float>());
        Assert.NotEqual(generator.Seed(), generator.Seed());
    }

    [Fact]
    public void What_is_no_distribution_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Torch.Empty(3).Normal_(0, -1));
        Assert.Throws<ArgumentException>(() => Torch.Empty(3).Uniform_(1, 0));
        Assert.Throws<ArgumentException>(() => Torch.Empty(3).Exponential_(0));
        Assert.Throws<ArgumentException>(() => Torch.Empty(3).Geometric_(1));
        Assert.Throws<ArgumentException>(() => Torch.Empty(3).Bernoulli_(1.5));
        Assert.Throws<ArgumentException>(() => Torch.Full(3, 2f).Bernoulli());
        Assert.Throws<ArgumentException>(() => Torch.Randint(3, 3, [2]));
        Assert.Throws<ArgumentException>(() => Torch.Randint(0, 300, [2], DType.Byte));
        Assert.Throws<ArgumentException>(() => Torch.Multinomial(Torch.Ones(3), 4));
        Assert.Throws<ArgumentException>(() => Torch.Multinomial(Torch.Zeros(3), 1));
        Assert.Throws<ArgumentException>(() => Torch.Multinomial(Torch.Full(3, -1f), 1));
        Assert.Throws<InvalidOperationException>(() => Torch.Zeros(3, DType.Int64).Normal_());
    }

    [Fact]
    public void A_weight_that_waits_for_its_checkpoint_is_left_alone()
    {
        var weight = Nn.Linear(3, 4).Weight;
        Assert.Same(weight, weight.Normal_(0, 1).Uniform_(0, 1));
        Assert.Same(weight, weight.Bernoulli_(0.5).Random_(0, 2));
    }

    private static torch.Tensor Weights() => torch.tensor(new[] { 0.1f, 2f, 0f, 3f, 4f, 0.5f });

    private static Tensor OurWeights() => Torch.Tensor(new[] { 0.1f, 2f, 0f, 3f, 4f, 0.5f });

    private static void Same(Func<TheirGenerator, torch.Tensor> theirs, Func<Generator, Tensor> ours, double relative, string because)
    {
        foreach (var seed in new ulong[] { 1, 5, 1UL << 40 })
        {
            using var their = new TheirGenerator(seed);
            var our = new Generator(seed);
            for (var i = 0; i < 3; i++)
            {
                Compare.Same(theirs(their), ours(our), relative, relative, $"{because}, seed {seed}, draw {i + 1}");
            }
        }
    }
}
