using Reparam.Training.Uniform;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Uniform;

/// <summary>Rounded inputs and their gradient against the definition.</summary>
public class FakeQuantizationTests
{
    [Theory]
    [InlineData(new[] { 0.031 }, new[] { 97.0 })]
    [InlineData(new[] { 0.031, 0.5, 1e-3, 7.0 }, new[] { 0.0, 255.0, 128.0, 3.0 })]
    public void Values_and_gradients_are_those_of_the_definition(double[] scales, double[] zeros)
    {
        manual_seed(1);
        using var x = (randn(50, 4, dtype: ScalarType.Float64) * 3).requires_grad_();
        var (step, zero) = (tensor(scales), tensor(zeros));
        using var found = FakeQuantization.Apply(x, step, zero);
        var (values, slopes) = FakeQuantizationOracle.Of(x, scales, zeros);
        Assert.True(Same(values, found));

        // A loss whose gradient is not the same everywhere.
        using var factor = randn(50, 4, dtype: ScalarType.Float64);
        (found * factor).sum().backward();
        Assert.True(Same(factor * slopes, x.grad!));
        Assert.Contains(0.0, slopes.data<double>().ToArray());
        Assert.Contains(1.0, slopes.data<double>().ToArray());
    }

    [Fact]
    public void Halves_go_to_the_even_integer_and_the_ends_of_the_grid_belong_to_it()
    {
        using var x = tensor([-0.75, -0.25, 0.25, 0.75, 1.25, -50.25, -50.0, 77.5, 77.75, 77.7]).requires_grad_();
        using var found = FakeQuantization.Apply(x, tensor([0.5]), tensor([100.0]));
        Assert.Equal([-1, 0, 0, 1, 1, -50, -50, 77.5, 77.5, 77.5], found.data<double>().ToArray());
        found.sum().backward();

        // −50.25 and 77.75 are half a step out, and the even integers are 0 − 100 and 156 − 100.
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 0, 1], x.grad!.data<double>().ToArray());
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void The_type_of_the_inputs_is_kept_and_half_precision_is_rounded_in_single(ScalarType type)
    {
        manual_seed(2);
        using var x = randn(40, 3).to(type);
        var (scale, zero) = (tensor([0.02f]), tensor([120f]));
        using var found = FakeQuantization.Apply(x, scale, zero);
        Assert.Equal(type, found.dtype);
        Assert.True(Same(FakeQuantization.Apply(x.to(ScalarType.Float32), scale, zero).to(type), found));
    }

    [Fact]
    public void What_is_not_finite_stays_so()
    {
        using var x = tensor([float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1f]);
        using var found = FakeQuantization.Apply(x, tensor([0.5f]), tensor([0f]));
        Assert.Equal([float.NaN, float.NaN, float.NaN, 1f], found.data<float>().ToArray());
    }
}
