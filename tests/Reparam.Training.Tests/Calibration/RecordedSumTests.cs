using Reparam.Compression.Calibration;
using TorchSharp;
using static Reparam.Training.Tests.Calibration.RecordingOracle;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>What is summed: the second moments of a layer's inputs, against sums by hand in double precision.</summary>
public sealed class RecordedSumTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(33, 129)]
    [InlineData(3, 300)]
    public void A_linear_layers_matrix_is_the_mean_of_the_products(int tokens, int width)
    {
        manual_seed(tokens);
        using var net = new Plain(Linear(width, 3));
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        var batches = new[] { randn(tokens, width), randn(2, tokens, width) * 100, randn(width) };
        foreach (var batch in batches)
        {
            net.call(batch);
        }

        var gram = recorder.Find("layer.weight", 3, width)!.Gram;
        Assert.Equal((3 * tokens) + 1, gram.Tokens);
        Assert.Equal(Oracle([.. batches.SelectMany(batch => Rows(batch, width))], width), gram.Values.ToArray(), Near(gram));
    }

    public static TheoryData<int, int, int, int, int> Convolutions => new()
    {
        // kernel, stride, padding, dilation, groups
        { 1, 1, 0, 1, 1 },
        { 3, 1, 1, 1, 1 },
        { 3, 2, 2, 2, 1 },
        { 2, 3, 1, 3, 2 },
        { 3, 1, 0, 1, 4 },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void A_convolution_over_one_dimension_sees_what_lies_under_its_kernel(int kernel, int stride, int padding, int dilation, int groups)
    {
        manual_seed(kernel);
        using var net = new Plain(Conv1d(4, 8, kernel, stride: stride, padding: padding, dilation: dilation, groups: groups));
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        using var x = randn(3, 4, 13);
        using var y = net.call(x);

        var columns = 4 / groups * kernel;
        var places = Places(x.unsqueeze(2), (1, kernel), (1, stride), (0, padding), (1, dilation), groups);
        var gram = recorder.Find("layer.weight", 8, columns)!.Gram;
        Assert.Equal(3 * y.shape[2] * groups, gram.Tokens);
        Assert.Equal(Oracle(places, columns), gram.Values.ToArray(), Near(gram));
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void A_convolution_over_images_sees_what_lies_under_its_kernel(int kernel, int stride, int padding, int dilation, int groups)
    {
        manual_seed(kernel);
        using var net = new Plain(Conv2d(4, 8, (kernel, 2), stride: (stride, 1), padding: (padding, 1), dilation: (dilation, 2), groups: groups));
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        using var x = randn(2, 4, 11, 6);
        using var y = net.call(x);

        var columns = 4 / groups * kernel * 2;
        var places = Places(x, (kernel, 2), (stride, 1), (padding, 1), (dilation, 2), groups);
        var gram = recorder.Find("layer.weight", 8, columns)!.Gram;
        Assert.Equal(2 * y.shape[2] * y.shape[3] * groups, gram.Tokens);
        Assert.Equal(Oracle(places, columns), gram.Values.ToArray(), Near(gram));
    }

    [Fact]
    public void Padding_modes_and_a_sample_without_batch_are_seen_as_the_layer_sees_them()
    {
        using var circular = new Plain(Conv1d(2, 2, 3, padding: 1, padding_mode: PaddingModes.Circular));
        using var same = new Plain(Conv2d(1, 2, (2, 3), padding: Padding.Same));
        using var signal = randn(2, 5);
        using var image = randn(1, 4, 4);
        using var first = CalibrationRecorder.Attach(circular, "layer");
        using var second = CalibrationRecorder.Attach(same, "layer");
        circular.call(signal);
        same.call(image);

        // Written-out padding, then a convolution without any.
        using var wrapped = functional.pad(signal.unsqueeze(0), [1, 1], PaddingModes.Circular).unsqueeze(2);
        using var padded = functional.pad(image.unsqueeze(0), [1, 1, 0, 1]);
        var gram = first.Find("layer.weight", 2, 6)!.Gram;
        Assert.Equal(Oracle(Places(wrapped, (1, 3), (1, 1), (0, 0), (1, 1), 1), 6), gram.Values.ToArray(), Near(gram));
        gram = second.Find("layer.weight", 2, 6)!.Gram;
        Assert.Equal(Oracle(Places(padded, (2, 3), (1, 1), (0, 0), (1, 1), 1), 6), gram.Values.ToArray(), Near(gram));
    }

    [Fact]
    public void The_weights_outputs_have_the_size_that_the_matrix_tells()
    {
        // tr(W·H·Wᵀ) is the mean of ‖W·x‖²: the matrix belongs to the weight's own order of columns.
        manual_seed(3);
        using var convolution = Conv2d(6, 5, (3, 2), stride: (2, 1), padding: (1, 0), bias: false, groups: 1);
        using var net = new Plain(convolution);
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        using var y = net.call(randn(2, 6, 9, 8)).to(ScalarType.Float64);
        var gram = recorder.Find("layer.weight", 5, 36)!.Gram;
        using var h = tensor(gram.Values.ToArray()).view(36, 36).to(ScalarType.Float64);
        using var w = convolution.weight.detach().view(5, 36).to(ScalarType.Float64);
        Assert.Equal(y.square().sum().item<double>() / gram.Tokens, w.mm(h).mm(w.t()).trace().item<double>(), 1e-4);
    }

    [Fact]
    public void A_million_tokens_lose_no_precision()
    {
        // The square of the first value is 10⁸ times that of the others: sums in single precision would lose the others one by one.
        using var net = new Plain(Linear(2, 1));
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        using var x = full([10_000, 2], 0.1f);
        for (var i = 0; i < 100; i++)
        {
            x[0, 1] = i == 0 ? 1000 : 0.1f;
            net.call(x);
        }

        var gram = recorder.Find("layer.weight", 1, 2)!.Gram;
        Assert.Equal(1_000_000, gram.Tokens);
        var square = (double)0.1f * 0.1f;
        Assert.Equal(square, gram.Values.Span[0], 1e-9);
        Assert.Equal(((square * 999_999) + 1e6) / 1e6, gram.Values.Span[3], 1e-7);
    }

    [Fact]
    public void Inputs_of_half_precision_are_summed_in_double()
    {
        using var net = new Plain(Linear(3, 2).to(ScalarType.BFloat16));
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        using var x = randn(7, 3).to(ScalarType.BFloat16);
        net.call(x);
        var gram = recorder.Find("layer.weight", 2, 3)!.Gram;
        Assert.Equal(Oracle(Rows(x.to(ScalarType.Float32), 3), 3), gram.Values.ToArray(), Near(gram));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void An_input_that_is_not_finite_is_refused_by_the_layers_name(float bad)
    {
        using var net = Trained();
        using var recorder = CalibrationRecorder.Attach(net, "blocks.*.output");
        using var x = randn(2, 3, 6);
        x[1, 2, 3] = bad;
        var refused = Assert.Throws<ArgumentException>(() => net.Blocks[1].Output.call(x));
        Assert.Equal("'blocks.1.output.weight': the layer's input [2, 3, 6] holds 1 values that are not finite.", refused.Message);
    }
}
