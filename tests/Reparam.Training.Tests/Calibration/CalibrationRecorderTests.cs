using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Calibration;
using Reparam.Training.Tests.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>What is recorded, against sums by hand in double precision.</summary>
public sealed class CalibrationRecorderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparam-recorder-");

    public void Dispose() => folder.Delete(recursive: true);

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
    public void Annotated_layers_are_recorded_and_those_with_one_input_share_a_matrix()
    {
        using var net = Trained();
        using var recorder = CalibrationRecorder.Attach(net);
        string[] parts = ["query", "key", "value", "output"];
        Assert.Equal(
            Enumerable.Range(0, 2).SelectMany(i => parts.Select(part => $"blocks.{i}.{part}.weight")).Append("spare.weight").Order(StringComparer.Ordinal),
            recorder.Weights.Order(StringComparer.Ordinal));
        Run(net, 3);
        Assert.Equal("spare.weight", Assert.Single(recorder.NotReached));
        recorder.Save(File("c"));

        using var file = CalibrationFile.Open(File("c"));
        Assert.Equal(8, file.Layers.Count);
        Assert.Equal(4, file.Layers.Values.Select(layer => layer.Gram).Distinct().Count());
        Assert.Equal(file.Layers["blocks.1.query.weight"].Gram, file.Layers["blocks.1.key.weight"].Gram);
        Assert.Equal(file.Layers["blocks.1.query.weight"].Gram, file.Layers["blocks.1.value.weight"].Gram);
        Assert.All(file.Layers.Values, layer => Assert.Equal(3 * 2 * 5, layer.Tokens));
        Assert.Null(file.SourceHash);
    }

    [Fact]
    public void Layers_that_share_only_part_of_their_inputs_have_matrices_of_their_own()
    {
        manual_seed(8);
        using var net = new Pair();
        using var recorder = CalibrationRecorder.Attach(net, "**");
        using var both = randn(4, 3);
        using var first = randn(5, 3);
        using var second = randn(6, 3);
        net.First.call(both);
        net.Second.call(both);
        net.First.call(first);
        net.Second.call(second);

        // Written over between the two calls: one object, two inputs.
        using var changing = randn(2, 3);
        var before = Rows(changing, 3);
        net.First.call(changing);
        changing.mul_(-3);
        net.Second.call(changing);

        // First goes ahead by two inputs before Second has seen one of them.
        using var third = randn(3, 3);
        net.First.call(third);
        net.First.call(both);
        net.Second.call(third);

        var gram = recorder.Find("first.weight", 2, 3)!.Gram;
        Assert.Equal(Oracle([.. Rows(both, 3), .. Rows(first, 3), .. before, .. Rows(third, 3), .. Rows(both, 3)], 3), gram.Values.ToArray(), Near(gram));
        gram = recorder.Find("second.weight", 2, 3)!.Gram;
        Assert.Equal(Oracle([.. Rows(both, 3), .. Rows(second, 3), .. Rows(changing, 3), .. Rows(third, 3)], 3), gram.Values.ToArray(), Near(gram));
    }

    [Fact]
    public void One_going_ahead_does_not_change_what_the_other_follows_to()
    {
        using var net = new Pair();
        using var recorder = CalibrationRecorder.Attach(net, "*");
        using var x = randn(4, 3);
        using var y = randn(4, 3);
        net.First.call(x);
        net.First.call(y);
        net.Second.call(x);
        var gram = recorder.Find("second.weight", 2, 3)!.Gram;
        Assert.Equal(Oracle(Rows(x, 3), 3), gram.Values.ToArray(), Near(gram));
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
    public void Two_recordings_merged_and_one_that_was_gone_on_with_equal_one_run()
    {
        using var net = Trained();
        using (var whole = CalibrationRecorder.Attach(net))
        {
            Run(net, 4);
            whole.Save(File("whole"));
        }

        using (var first = CalibrationRecorder.Attach(net))
        {
            Run(net, 1);
            first.Save(File("first"));
        }

        using (var second = CalibrationRecorder.Attach(net))
        {
            Run(net, 3, from: 1);
            second.Save(File("second"));
            second.Merge(File("first"));
            second.Save(File("resumed"));
        }

        using (var a = CalibrationFile.Open(File("first")))
        using (var b = CalibrationFile.Open(File("second")))
        {
            CalibrationMerge.Merge([a, b]).Write(File("merged"));
        }

        using var expected = CalibrationFile.Open(File("whole"));
        foreach (var name in new[] { "resumed", "merged" })
        {
            using var found = CalibrationFile.Open(File(name));
            Assert.Equal(expected.Layers, found.Layers);
            Assert.All(expected.Layers.Keys, layer =>
                Assert.Equal(expected.ReadGram(layer).Values.ToArray(), found.ReadGram(layer).Values.ToArray(), Near(expected.ReadGram(layer), roundings: 2)));
        }
    }

    [Fact]
    public void A_recording_is_gone_on_with_only_by_the_same_layers_and_weights()
    {
        using var net = new Plain(Linear(3, 2));
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        Assert.Throws<InvalidOperationException>(() => recorder.Save(File("none")));
        net.call(randn(4, 3));
        var writer = new CalibrationWriter { SourceHash = "other" };
        writer.Add(["layer.weight"], new Gram(3, new float[9], 5));
        writer.Write(File("other"));
        writer.Add(["more.weight"], new Gram(3, new float[9], 5));
        writer.Write(File("more"));
        var wide = new CalibrationWriter();
        wide.Add(["layer.weight"], new Gram(4, new float[16], 5));
        wide.Write(File("wide"));
        net.SaveSafetensors(File("weights"));

        Assert.Contains("'more.weight'", Assert.Throws<CheckpointException>(() => recorder.Merge(File("more"))).Message, StringComparison.Ordinal);
        Assert.Contains("found 4 inputs, expected 3", Assert.Throws<CheckpointException>(() => recorder.Merge(File("wide"))).Message, StringComparison.Ordinal);
        recorder.Merge(File("other"));
        Assert.Equal(9, recorder.Tokens);
        Assert.Contains("other weights", Assert.Throws<CheckpointException>(() => recorder.Save(File("c"), File("weights"))).Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File("c")));
    }

    [Fact]
    public void The_file_tells_the_weights_that_ran()
    {
        using var net = Trained();
        net.ExportDense(File("dense"));
        using var recorder = CalibrationRecorder.Attach(net);
        Run(net, 1);
        recorder.Save(File("c"), File("dense"));

        using var file = CalibrationFile.Open(File("c"));
        using var dense = Checkpoint.Open(File("dense"));
        Assert.Empty(file.Check(dense));
        Assert.Equal(WeightHash.Compute(dense), file.SourceHash);
        Assert.All(file.Layers.Keys, weight => Assert.True(dense.Contains(weight)));
    }

    [Fact]
    public void Recording_ends_at_the_number_of_tokens_asked_for_and_tells_how_far_it_is()
    {
        using var net = new Plain(Conv1d(2, 2, 3));
        var told = new List<CalibrationProgress>();
        using var recorder = CalibrationRecorder.Attach(net, "layer", maxTokens: 10, new Told(told));
        using var x = randn(1, 2, 8);
        net.call(x);
        Assert.False(recorder.IsComplete);
        net.call(x);
        net.call(x);
        Assert.True(recorder.IsComplete);
        Assert.Equal([new(6, 10, 1, 1), new CalibrationProgress(10, 10, 1, 1)], told);
        var places = Places(x.unsqueeze(2), (1, 3), (1, 1), (0, 0), (1, 1), 1);
        var gram = recorder.Find("layer.weight", 2, 6)!.Gram;
        Assert.Equal(Oracle([.. places, .. places.Take(4)], 6), gram.Values.ToArray(), Near(gram));
    }

    [Fact]
    public void A_thousand_batches_leave_no_tensor_behind()
    {
        using var net = Trained();
        using var convolutions = new Models.ConvNet();
        using var first = CalibrationRecorder.Attach(net);
        using var second = CalibrationRecorder.Attach(convolutions, "**");
        using var ids = tensor(new[,] { { 1L, 2, 3 }, { 4, 5, 6 } });
        using var wave = randn(1, 4, 6);
        Pass();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 1000; i++)
        {
            Pass();
        }

        Assert.InRange(Tensor.TotalCount - before, -1000, 0);

        void Pass()
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            net.call(ids);
            convolutions.call(wave);
        }
    }

    [Fact]
    public void Nothing_of_a_recording_outlives_it()
    {
        using var net = Trained();
        using var ids = tensor(new[,] { { 1L, 2, 3 } });
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            var recorder = CalibrationRecorder.Attach(net);
            net.call(ids);
            recorder.Dispose();
            recorder.Dispose();
            net.call(ids);
            Assert.Empty(recorder.Weights);
        }

        Assert.Equal(before, Tensor.TotalCount);
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
    [InlineData("blocks.*.query", 2)]
    [InlineData("blocks.0.*", 4)]
    [InlineData("**.output", 2)]
    [InlineData("**", 10)]
    [InlineData("blocks.**", 8)]
    [InlineData("*", 2)]
    [InlineData("blocks.*.q*", 2)]
    public void Layers_are_named_by_their_paths(string pattern, int count)
    {
        using var net = new AttendingNet();
        using var recorder = CalibrationRecorder.Attach(net, pattern);
        Assert.Equal(count, recorder.Weights.Length);
    }

    [Fact]
    public void A_model_without_the_layers_asked_for_is_refused()
    {
        using var net = new Plain(Linear(2, 2));
        Assert.Contains("[ShiftAdd]", Assert.Throws<InvalidOperationException>(() => CalibrationRecorder.Attach(net)).Message, StringComparison.Ordinal);
        Assert.Contains("'layers.*'", Assert.Throws<ArgumentException>(() => CalibrationRecorder.Attach(net, "layers.*")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CalibrationRecorder.Attach(net, _ => false));
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibrationRecorder.Attach(net, "layer", maxTokens: 0));
    }

    private static AttendingNet Trained()
    {
        manual_seed(5);
        var net = new AttendingNet();
        net.eval();
        return net;
    }

    private static void Run(AttendingNet net, int batches, int from = 0)
    {
        using var noGrad = no_grad();
        for (var i = from; i < from + batches; i++)
        {
            using var scope = NewDisposeScope();
            net.call(arange(10).add(3 * i).remainder(11).view(2, 5));
        }
    }

    private string File(string name) => Path.Combine(folder.FullName, name);

    // Sums in another order, then one rounding to single precision: at most a unit of the largest element's last place. Merging rounds the parts too.
    private static Func<float, float, bool> Near(Gram gram, int roundings = 1)
    {
        var bound = 1.2e-7 * roundings * gram.Values.ToArray().Max(Math.Abs);
        return (a, b) => Math.Abs((double)a - b) <= bound;
    }

    private static float[][] Rows(Tensor x, int width) => [.. x.reshape(-1, width).data<float>().ToArray().Chunk(width)];

    private static float[] Oracle(float[][] vectors, int columns)
    {
        var gram = new float[columns * columns];
        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                gram[(i * columns) + j] = (float)(vectors.Sum(x => (double)x[i] * x[j]) / vectors.Length);
            }
        }

        return gram;
    }

    // [batch, in, height, width]: the values under the kernel at each place, for each group.
    private static float[][] Places(Tensor x, (int H, int W) kernel, (int H, int W) stride, (int H, int W) padding, (int H, int W) dilation, int groups)
    {
        var (batch, channels, height, width) = (x.shape[0], (int)x.shape[1], (int)x.shape[2], (int)x.shape[3]);
        var down = ((height + (2 * padding.H) - (dilation.H * (kernel.H - 1)) - 1) / stride.H) + 1;
        var across = ((width + (2 * padding.W) - (dilation.W * (kernel.W - 1)) - 1) / stride.W) + 1;
        var values = x.data<float>().ToArray();
        var vectors = new List<float[]>();
        for (var n = 0; n < batch; n++)
        {
            for (var place = 0; place < down * across; place++)
            {
                for (var part = 0; part < groups; part++)
                {
                    vectors.Add(
                    [
                        .. from channel in Enumerable.Range(part * channels / groups, channels / groups)
                           from i in Enumerable.Range(0, kernel.H)
                           from j in Enumerable.Range(0, kernel.W)
                           select At(n, channel, (place / across * stride.H) + (i * dilation.H) - padding.H, (place % across * stride.W) + (j * dilation.W) - padding.W),
                    ]);
                }
            }
        }

        return [.. vectors];

        float At(int n, int channel, int row, int column) =>
            row < 0 || row >= height || column < 0 || column >= width ? 0 : values[(((n * channels) + channel) * height + row) * width + column];
    }

    private sealed class Plain : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> layer;

        public Plain(Module<Tensor, Tensor> layer)
            : base(nameof(Plain))
        {
            this.layer = layer;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => layer.call(x);
    }

    private sealed class Pair : Module<Tensor, Tensor>
    {
        private readonly Linear first = Linear(3, 2);
        private readonly Linear second = Linear(3, 2);

        public Pair()
            : base(nameof(Pair)) => RegisterComponents();

        public Linear First => first;

        public Linear Second => second;

        public override Tensor forward(Tensor x) => first.call(x) + second.call(x);
    }

    private sealed class Told(List<CalibrationProgress> told) : IProgress<CalibrationProgress>
    {
        public void Report(CalibrationProgress value) => told.Add(value);
    }
}
