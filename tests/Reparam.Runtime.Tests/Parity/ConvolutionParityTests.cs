using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Runtime.Tests.Parity;

public class ConvolutionParityTests
{
    [Theory]
    [InlineData(1, 3, 5, 3, 1, 0, 1, 1)]
    [InlineData(2, 4, 6, 3, 2, 1, 1, 2)]
    [InlineData(2, 4, 4, 3, 1, 2, 2, 4)]
    [InlineData(1, 6, 3, 1, 1, 0, 1, 3)]
    [InlineData(3, 5, 7, 1, 1, 0, 1, 1)]
    [InlineData(1, 2, 2, 1, 2, 1, 1, 1)]
    [InlineData(1, 16, 24, 5, 1, 2, 1, 1)]
    public void Conv2d_agrees(int batch, int channels, int outputs, int kernel, int stride, int padding, int dilation, int groups)
    {
        var x = Pair.Floats([batch, channels, 11, 13], 1);
        var weight = Pair.Floats([outputs, channels / groups, kernel, kernel], 2);
        var bias = Pair.Floats([outputs], 3);
        Compare.Same(
            functional.conv2d(x.Theirs, weight.Theirs, bias.Theirs, [stride, stride], [padding, padding], [dilation, dilation], groups),
            Functional.Conv2d(x.Ours, weight.Ours, bias.Ours, [stride], [padding], [dilation], groups), 1e-4, 1e-4);
        Compare.Same(
            functional.conv2d(x.Theirs[0], weight.Theirs, strides: [stride, 1], padding: [padding, 0], dilation: [1, dilation], groups: groups),
            Functional.Conv2d(x.Ours[0], weight.Ours, strides: [stride, 1], padding: [padding, 0], dilation: [1, dilation], groups: groups), 1e-4, 1e-4);
    }

    [Theory]
    [InlineData(3, 1, 0, 1, 1)]
    [InlineData(3, 2, 1, 1, 2)]
    [InlineData(2, 3, 2, 3, 4)]
    public void Conv1d_agrees(int kernel, int stride, int padding, int dilation, int groups)
    {
        var x = Pair.Floats([2, 4, 17], 1);
        var weight = Pair.Floats([8, 4 / groups, kernel], 2);
        var bias = Pair.Floats([8], 3);
        Compare.Same(
            functional.conv1d(x.Theirs, weight.Theirs, bias.Theirs, stride, padding, dilation, groups),
            Functional.Conv1d(x.Ours, weight.Ours, bias.Ours, stride, padding, dilation, groups), 1e-5, 1e-5);
        Compare.Same(
            functional.conv1d(x.Theirs[1], weight.Theirs, groups: groups), Functional.Conv1d(x.Ours[1], weight.Ours, groups: groups), 1e-5, 1e-5);
    }

    [Fact]
    public void A_large_image_is_unfolded_in_blocks()
    {
        var x = Pair.Floats([1, 64, 40, 41], 1);
        var weight = Pair.Floats([8, 64, 3, 3], 2);
        Compare.Same(
            functional.conv2d(x.Theirs, weight.Theirs, padding: [1, 1]), Functional.Conv2d(x.Ours, weight.Ours, padding: [1]), 1e-4, 2e-4);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(2, 3)]
    public void Padding_that_keeps_the_size_agrees(int kernel, int dilation)
    {
        var x = Pair.Floats([1, 2, 9, 8], 1);
        using var theirs = torch.nn.Conv2d(2, 3, kernel, TorchSharp.Padding.Same, dilation: dilation);
        var ours = Nn.Conv2d(2, 3, kernel, Padding.Same, dilation: dilation);
        ours.Weight = Nn.Parameter(Torch.Tensor(theirs.weight.data<float>().ToArray(), (ReadOnlySpan<long>)theirs.weight.shape));
        ours.Bias = Nn.Parameter(Torch.Tensor(theirs.bias!.data<float>().ToArray()));
        Compare.Same(theirs.call(x.Theirs), ours.Call(x.Ours), 1e-5, 1e-5);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var x = Torch.Zeros(1, 4, 5, 5);
        Assert.Throws<ArgumentException>(() => Functional.Conv2d(x, Torch.Zeros(2, 3, 3, 3)));
        Assert.Throws<ArgumentException>(() => Functional.Conv2d(x, Torch.Zeros(2, 4, 6, 3)));
        Assert.Throws<ArgumentException>(() => Functional.Conv2d(x, Torch.Zeros(3, 2, 3, 3), groups: 2));
        Assert.Throws<ArgumentException>(() => Functional.Conv2d(x, Torch.Zeros(2, 4, 3, 3), Torch.Zeros(3)));
        Assert.Throws<ArgumentException>(() => Functional.Conv2d(x, Torch.Zeros(2, 4, 3, 3), strides: [0]));
        Assert.Throws<ArgumentException>(() => Nn.Conv2d(4, 6, 3, groups: 4));
        Assert.Throws<ArgumentException>(() => Nn.Conv2d(4, 6, 3, Padding.Same, stride: 2));
    }

    [Theory]
    [InlineData(2, 2, 0, false)]
    [InlineData(3, 2, 1, false)]
    [InlineData(3, 2, 1, true)]
    [InlineData(2, 3, 1, true)]
    [InlineData(3, 1, 0, true)]
    [InlineData(2, 5, 0, false)]
    [InlineData(5, 2, 2, true)]
    public void Pooling_agrees(int kernel, int stride, int padding, bool ceil)
    {
        foreach (var x in new[] { Pair.Floats([2, 3, 7, 10], 1), Pair.Floats([3, 8, 7], 2), Pair.Floats([1, 9, 67], 3), Pair.Floats([1, 5, 257], 4) })
        {
            Compare.Same(
                functional.max_pool2d(x.Theirs, kernel, stride, padding, ceil_mode: ceil), Functional.MaxPool2d(x.Ours, kernel, stride, padding, ceil_mode: ceil));
            foreach (var counted in new[] { true, false })
            {
                Compare.Same(
                    functional.avg_pool2d(x.Theirs, kernel, stride, padding, ceil, counted),
                    Functional.AvgPool2d(x.Ours, kernel, stride, padding, ceil, counted), 1e-5, 1e-6);
            }
        }
    }

    [Fact]
    public void Dilated_and_oblong_pooling_and_the_given_divisor_agree()
    {
        var x = Pair.Floats([1, 2, 9, 11], 3);
        Compare.Same(functional.max_pool2d(x.Theirs, 2, 1, 0, 3), Functional.MaxPool2d(x.Ours, 2, 1, 0, 3));
        Compare.Same(
            functional.max_pool2d(x.Theirs, (2, 3), (1, 2), (1, 0)), Functional.MaxPool2d(x.Ours, (2, 3), (1, 2), (1, 0)));
        Compare.Same(
            functional.avg_pool2d(x.Theirs, 3, 2, divisor_override: 4), Functional.AvgPool2d(x.Ours, 3, 2, divisor_override: 4), 1e-5, 1e-6);
        Compare.Same(functional.max_pool2d(x.Theirs, 2), Functional.MaxPool2d(x.Ours, 2));
        Assert.Throws<ArgumentException>(() => Functional.MaxPool2d(x.Ours, 2, 1, 2));
        Assert.Throws<ArgumentException>(() => Functional.MaxPool2d(x.Ours, 20));
    }

    [Fact]
    public void The_largest_of_a_window_with_NaN_is_NaN()
    {
        var values = Pair.FloatValues(16, 1, ugly: false);
        values[5] = float.NaN;
        values[12] = float.NegativeInfinity;
        var x = Pair.Of([1, 4, 4], values);
        Compare.Same(functional.max_pool2d(x.Theirs, 2), Functional.MaxPool2d(x.Ours, 2));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(7, 10)]
    [InlineData(9, 2)]
    public void Adaptive_pooling_agrees(int height, int width)
    {
        var x = Pair.Floats([2, 3, 7, 10], 1);
        Compare.Same(
            functional.adaptive_avg_pool2d(x.Theirs, (height, width)), Functional.AdaptiveAvgPool2d(x.Ours, (height, width)), 1e-5, 1e-6);
    }
}
