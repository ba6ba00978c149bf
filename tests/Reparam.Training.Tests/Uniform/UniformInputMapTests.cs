using Reparam.Training.Uniform;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Uniform;

/// <summary>The grids that a calibration gives.</summary>
public class UniformInputMapTests
{
    private static readonly UniformAttribute PerTensor = new(8) { Activations = 8 };
    private static readonly UniformAttribute PerChannel = new(8) { Activations = 8, ActivationsPerChannel = true };

    [Fact]
    public void One_grid_spans_all_channels_and_one_a_channel_each()
    {
        double[] low = [-1, -4, -0.5], high = [2, 1, 0.25];
        var (scale, zero) = Attach(low, high, PerTensor);
        Assert.Equal([(float)(6 / 255.0)], scale);
        Assert.Equal([170], zero);
        (scale, zero) = Attach(low, high, PerChannel);
        Assert.Equal([(float)(3 / 255.0), (float)(5 / 255.0), (float)(0.75 / 255)], scale);
        Assert.Equal([85, 204, 170], zero);
    }

    [Fact]
    public void Zero_is_on_the_grid_of_inputs_of_one_sign_and_of_constant_ones()
    {
        var (scale, zero) = Attach([1, -3, 2], [4, -1, 2], PerChannel);
        Assert.Equal([(float)(4 / 255.0), (float)(3 / 255.0), (float)(2 / 255.0)], scale);
        Assert.Equal([0, 255, 0], zero);

        // What spans the range is its end.
        using var x = tensor([4f, -3f, 2f]);
        using var found = UniformInputMap.Map(x, tensor(scale), tensor(zero), Shape(3));
        Assert.InRange((found - x).abs().max().item<float>(), 0, 1e-6);
    }

    [Fact]
    public void A_channel_of_zeros_takes_the_grid_of_all_and_zeros_alone_span_0_to_1()
    {
        var (scale, zero) = Attach([0, -1, 0], [0, 2, 0], PerChannel);
        Assert.Equal([(float)(3 / 255.0), (float)(3 / 255.0), (float)(3 / 255.0)], scale);
        Assert.Equal([85, 85, 85], zero);
        foreach (var options in new[] { PerTensor, PerChannel })
        {
            (scale, zero) = Attach([0, 0, 0], [0, 0, 0], options);
            Assert.All(scale, value => Assert.Equal((float)(1 / 255.0), value));
            Assert.All(zero, value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void An_outlier_widens_its_own_channel_or_all()
    {
        double[] low = [-1, -1, -1], high = [1, 1000, 1];
        Assert.Equal([(float)(1001 / 255.0)], Attach(low, high, PerTensor).Scale);
        Assert.Equal([(float)(2 / 255.0), (float)(1001 / 255.0), (float)(2 / 255.0)], Attach(low, high, PerChannel).Scale);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(-1, double.PositiveInfinity)]
    [InlineData(-3e38, 3e38)]
    public void A_range_that_is_none_is_refused_by_the_layers_name(double low, double high)
    {
        foreach (var options in new[] { PerTensor, PerChannel })
        {
            var message = Assert.Throws<ArgumentException>(() => Attach([low, 0, 0], [high, 1, 1], options)).Message;
            Assert.Contains("Block.Query", message, StringComparison.Ordinal);
            Assert.Contains("expected finite", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1e-44)]
    [InlineData(1e37)]
    public void Ranges_near_the_ends_of_float_have_a_grid(double high)
    {
        var (scale, zero) = Attach([0, 0, 0], [high, high, high], PerTensor);
        Assert.True(float.IsNormal(scale[0]));
        using var found = UniformInputMap.Map(tensor([(float)high]), tensor(scale), tensor(zero), Shape(1));
        Assert.InRange(found.item<float>(), 0, (float)(high * 1.001));
    }

    [Fact]
    public void Channels_of_the_groups_of_a_convolution_share_their_grids()
    {
        var shape = new LayerShape("Block.Query", LayerKinds.Conv2d, [6, 2, 3, 3], Groups: 3);
        var (scale, zero) = Attach([0, -1, -2, 0, 0, 0], [1, 0, 0, 1, 4, 1], PerChannel, shape);
        Assert.Equal([(float)(6 / 255.0), (float)(2 / 255.0)], scale);
        manual_seed(1);
        using var x = randn(2, 6, 4, 5);
        using var found = UniformInputMap.Map(x, tensor(scale), tensor(zero), shape);
        for (var channel = 0; channel < 6; channel++)
        {
            var expected = FakeQuantization.Apply(x[.., channel], tensor(scale[channel % 2]), tensor(zero[channel % 2]));
            Assert.True(Models.Testing.Same(expected, found[.., channel]));
        }

        // Without a batch, too.
        Assert.True(Models.Testing.Same(found[1], UniformInputMap.Map(x[1], tensor(scale), tensor(zero), shape)));
    }

    private static LayerShape Shape(long columns) => new("Block.Query", LayerKinds.Linear, [4, columns]);

    private static (float[] Scale, float[] Zero) Attach(double[] low, double[] high, UniformAttribute options, LayerShape? shape = null)
    {
        var columns = low.Length;
        var inputs = new InputStatistics(
            1, tensor(low), tensor(high), zeros(columns, dtype: ScalarType.Float64), zeros(columns, columns, dtype: ScalarType.Float64));
        var (scale, zero) = UniformInputMap.Attach(inputs, shape ?? Shape(columns), options);
        return (scale.data<float>().ToArray(), zero.data<float>().ToArray());
    }
}
