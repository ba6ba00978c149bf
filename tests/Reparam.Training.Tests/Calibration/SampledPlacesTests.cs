using Reparam.Compression.Calibration;
using TorchSharp;
using static Reparam.Training.Tests.Calibration.RecordingOracle;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>Convolutions are looked at in a random sample of their places.</summary>
public sealed class SampledPlacesTests : IDisposable
{
    private static readonly PlaceSampling Few = new() { RowsPerInput = 1, MinRows = 20 };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparam-sampled-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_short_recording_has_the_bytes_of_one_of_all_places()
    {
        using var x = Images(9, 2, 20);
        Assert.Equal(Saved(x, PlaceSampling.All, batch: 2), Saved(x, new PlaceSampling(), batch: 2));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        using var x = Images(9, 2, 12);
        Assert.Equal(Saved(x, Few, batch: 4), Saved(x, Few with { }, batch: 4));
        Assert.NotEqual(Saved(x, Few, batch: 4), Saved(x, Few with { Seed = 1 }, batch: 4));
        Assert.NotEqual(Saved(x, Few, batch: 4), Saved(x, PlaceSampling.All, batch: 4));
    }

    [Fact]
    public void The_mean_over_many_seeds_is_the_matrix_of_all_places()
    {
        const int Seeds = 400;
        using var x = Images(6, 2, 10);
        using var net = Net();
        var exact = Record(net, x, PlaceSampling.All, batch: 2);
        var seen = Enumerable.Range(0, Seeds).Select(seed => Record(net, x, Few with { Seed = seed }, batch: 2)).ToArray();
        for (var i = 0; i < exact.Length; i++)
        {
            var mean = seen.Average(gram => (double)gram[i]);
            var deviation = Math.Sqrt(seen.Average(gram => Math.Pow(gram[i] - mean, 2)) / Seeds);
            Assert.True(Math.Abs(mean - exact[i]) < 4.5 * deviation, $"element {i}: mean {mean} of {exact[i]}, standard error {deviation}");
        }
    }

    [Fact]
    public void More_rows_come_nearer()
    {
        using var x = Images(40, 2, 12);
        using var net = Net();
        var exact = Record(net, x, PlaceSampling.All, batch: 8);
        var errors = new[] { 30, 300, 1500, 5760 }.Select(rows =>
            Enumerable.Range(0, 10).Average(seed => Distance(Record(net, x, new() { RowsPerInput = 1, MinRows = rows, Seed = seed }, batch: 8), exact))).ToArray();
        Assert.True(errors[1] < 0.6 * errors[0] && errors[2] < 0.6 * errors[1], string.Join(' ', errors));
        Assert.Equal(0, errors[3]);
    }

    [Fact]
    public void Early_images_count_no_more_than_late_ones()
    {
        // Without padding, every place of an image of one value sees that value alone: H does not depend on the choice, only on how images are weighted.
        using var net = new Plain(Conv2d(1, 2, 3));
        using var x = cat([full([30, 1, 8, 8], 1f), full([90, 1, 8, 8], 2f)]);
        foreach (var batch in (int[])[1, 7, 120])
        {
            Assert.All(Record(net, x, Few, batch), value => Assert.Equal((30 + (90 * 4)) / 120f, value, 1e-5));
        }
    }

    [Theory]
    [InlineData(3, 1, 1, 1, 1)]
    [InlineData(3, 2, 2, 2, 2)]
    [InlineData(1, 1, 0, 1, 4)]
    public void What_is_looked_at_is_what_lies_under_the_kernel(int kernel, int stride, int padding, int dilation, int groups)
    {
        using var layer = Conv2d(4, 8, (kernel, 2), stride: (stride, 1), padding: (padding, 1), dilation: (dilation, 2), groups: groups);
        var inputs = LayerInputs.Of(layer)!;
        using var x = randn(5, 4, 9, 7);
        var draw = inputs.Draw(x, 0.3, new Random(4))!;
        using var all = cat([.. inputs.Vectors(x)]);
        using var some = cat([.. inputs.Vectors(x, draw)]);
        var places = all.shape[0] / groups / 5;
        Assert.InRange(draw.Chosen, 1, places - 1);
        Assert.Equal(5 * draw.Chosen, draw.RowsOf(places).Distinct().Count());
        using var expected = all.view(5 * places, -1)[TensorIndex.Tensor(tensor(draw.RowsOf(places)))].view(some.shape);
        Assert.Equal(expected.data<float>().ToArray(), some.data<float>().ToArray());
    }

    [Fact]
    public void Every_place_has_the_same_chance()
    {
        var counts = new int[10];
        foreach (var place in PlaceDraw.Draw(new Random(2), samples: 20_000, places: 10, chosen: 3))
        {
            counts[place]++;
        }

        // Binomial, 6000 expected: standard deviation 65.
        Assert.All(counts, count => Assert.InRange(count, 6000 - 300, 6000 + 300));
    }

    [Fact]
    public void What_is_looked_at_grows_with_the_logarithm_of_what_is_seen()
    {
        var sampling = new PlaceSampling();
        Assert.Equal(4096, sampling.Rows(144, 0, 4096));
        Assert.Equal(4096 * (1 + Math.Log(100)), Enumerable.Range(0, 100).Sum(i => sampling.Rows(144, i * 4096L, 4096)), 100.0);
        Assert.Equal(16 * 4608, sampling.Rows(4608, 0, 16 * 4608));
    }

    [Fact]
    public void A_recording_that_ends_takes_whole_images_of_those_that_it_samples()
    {
        using var net = Net();
        using var recorder = CalibrationRecorder.Attach(net, "layer", maxTokens: 250, sampling: Few);
        using var x = Images(10, 2, 10);
        net.call(x);
        Assert.Equal(300, recorder.Find("layer.weight", 3, 18)!.Gram.Tokens);
        Assert.True(recorder.IsComplete);
    }

    [Fact]
    public void Convolutions_of_other_kernels_with_as_many_inputs_have_matrices_of_their_own()
    {
        using var tall = Conv2d(2, 3, (3, 1), padding: (1, 0));
        using var wide = Conv2d(2, 3, (1, 3), padding: (0, 1));
        using var both = new Both(tall, wide);
        using var recorder = CalibrationRecorder.Attach(both, "*");
        using var x = randn(2, 2, 5, 4);
        both.call(x);
        foreach (var (name, kernel, padding) in new[] { ("tall", (3, 1), (1, 0)), ("wide", (1, 3), (0, 1)) })
        {
            var gram = recorder.Find($"{name}.weight", 3, 6)!.Gram;
            Assert.Equal(Oracle(Places(x, kernel, (1, 1), padding, (1, 1), 1), 6), gram.Values.ToArray(), Near(gram));
        }
    }

    [Fact]
    public void Cancelling_ends_a_forward_at_the_next_layer()
    {
        using var source = new CancellationTokenSource();
        using var net = Net();
        using var recorder = CalibrationRecorder.Attach(net, "layer", cancellation: source.Token);
        using var x = Images(1, 2, 4);
        net.call(x);
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => net.call(x));
        Assert.Equal(16, recorder.Tokens);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Samples_out_of_range_are_refused(int rowsPerInput, int minRows)
    {
        using var net = Net();
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            CalibrationRecorder.Attach(net, "layer", sampling: new PlaceSampling { RowsPerInput = rowsPerInput, MinRows = minRows }));
    }

    private static Plain Net()
    {
        manual_seed(1);
        return new Plain(Conv2d(2, 3, 3, padding: 1));
    }

    // Neighbouring places see nearly the same, as in real images.
    private static Tensor Images(int count, int channels, int side)
    {
        manual_seed(7);
        using var noise = randn(count, channels, side + 2, side + 2);
        return functional.avg_pool2d(noise, 3, stride: 1) * 3 + 0.5;
    }

    private static float[] Record(Plain net, Tensor x, PlaceSampling sampling, int batch)
    {
        using var recorder = CalibrationRecorder.Attach(net, "layer", sampling: sampling);
        foreach (var part in x.split(batch))
        {
            net.call(part);
        }

        var weight = net.get_parameter("layer.weight")!.shape;
        return recorder.Find("layer.weight", (int)weight[0], (int)(weight[1] * weight[2] * weight[3]))!.Gram.Values.ToArray();
    }

    private byte[] Saved(Tensor x, PlaceSampling sampling, int batch)
    {
        using var net = Net();
        using var recorder = CalibrationRecorder.Attach(net, "layer", sampling: sampling);
        foreach (var part in x.split(batch))
        {
            net.call(part);
        }

        var path = Path.Combine(folder.FullName, Path.GetRandomFileName());
        recorder.Save(path);
        return File.ReadAllBytes(path);
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Sum());

    private sealed class Both : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> tall;
        private readonly Module<Tensor, Tensor> wide;

        public Both(Module<Tensor, Tensor> tall, Module<Tensor, Tensor> wide)
            : base(nameof(Both))
        {
            this.tall = tall;
            this.wide = wide;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => tall.call(x) + wide.call(x);
    }
}
