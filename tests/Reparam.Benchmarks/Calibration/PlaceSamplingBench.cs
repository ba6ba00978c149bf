using System.Collections.Immutable;
using Reparam.Compression.Calibration;
using Reparam.Compression.Numerics;
using Reparam.Compression.ShiftAdd;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Benchmarks.Calibration;

/// <summary>What a recording of convolutions costs beside the forward on one thread, and how well weights are coded by it.</summary>
internal sealed class PlaceSamplingBench : IDisposable
{
    private const int Batch = 50;

    private readonly ConvolutionNet net = Make();
    private readonly (PlaceSampling Sampling, ConvolutionNet Net, CalibrationRecorder Recorder)[] recordings;
    private readonly TimeSpan[] times;
    private TimeSpan forward;

    /// <summary>Prepares a recording for each way to sample.</summary>
    public PlaceSamplingBench(IEnumerable<PlaceSampling> samplings)
    {
        set_num_threads(1);
        recordings = [.. samplings.Select(sampling =>
        {
            var recorded = Make();
            return (sampling, recorded, CalibrationRecorder.Attach(recorded, "**", sampling: sampling));
        })];
        times = new TimeSpan[recordings.Length];
    }

    /// <summary>Processor seconds of the forward alone.</summary>
    public double ForwardSeconds => forward.TotalSeconds;

    /// <summary>Processor seconds of the forward with each recording.</summary>
    public ImmutableArray<double> Seconds => [.. times.Select(time => time.TotalSeconds)];

    /// <summary>Runs some images, all ways in turn.</summary>
    public void Run(int images, CancellationToken cancellation)
    {
        using var noGrad = no_grad();
        for (var start = 0; start < images; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var x = Images(Math.Min(Batch, images - start), start);
            forward += Time(net, x);
            for (var i = 0; i < recordings.Length; i++)
            {
                times[i] += Time(recordings[i].Net, x);
            }
        }
    }

    /// <summary>Root of the mean over the layers of the squared relative output error on other images, of weights that are coded by each recording.</summary>
    /// <param name="bits">Planes, in the default layout.</param>
    /// <param name="images">Images to judge by, all places of each.</param>
    /// <param name="cancellation">Ends the work.</param>
    public ImmutableArray<double> Errors(int bits, int images, CancellationToken cancellation)
    {
        using var noGrad = no_grad();
        using var judge = CalibrationRecorder.Attach(net, "**", sampling: PlaceSampling.All);
        using (NewDisposeScope())
        {
            net.call(Images(images, seed: 1_000_000));
        }

        return [.. recordings.Select(recording => Math.Sqrt(recording.Recorder.Weights.Average(name =>
        {
            var weight = net.get_parameter(name)!;
            var (rows, columns) = ((int)weight.shape[0], (int)(weight.numel() / weight.shape[0]));
            var values = weight.data<float>().ToArray();
            var calibration = recording.Recorder.Find(name, rows, columns);
            var options = new ShiftAddAttribute(bits) { Layout = ShiftAddLayout.Nested };
            var coded = ShiftAddCoder.Encode(values, rows, columns, options, calibration, cancellation: cancellation);
            return Math.Pow(OutputError(values, coded.Matrix.Decode(), rows, columns, judge.Find(name, rows, columns)!.Gram), 2);
        })))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, recorded, recorder) in recordings)
        {
            recorder.Dispose();
            recorded.Dispose();
        }

        net.Dispose();
    }

    // tr((W − Q)H(W − Q)ᵀ) / tr(W·H·Wᵀ), its root.
    private static double OutputError(float[] weights, float[] coded, int rows, int columns, Gram gram)
    {
        using var scope = NewDisposeScope();
        var h = tensor(gram.Values.ToArray()).view(columns, columns).to(ScalarType.Float64);
        var w = tensor(weights).view(rows, columns).to(ScalarType.Float64);
        var lost = w - tensor(coded).view(rows, columns);
        return Math.Sqrt((lost.mm(h) * lost).sum().item<double>() / (w.mm(h) * w).sum().item<double>());
    }

    private static ConvolutionNet Make()
    {
        var net = new ConvolutionNet(seed: 3);
        using (no_grad())
        using (NewDisposeScope())
        {
            net.train();
            for (var i = 0; i < 20; i++)
            {
                net.call(Images(16, i));
            }
        }

        net.eval();
        return net;
    }

    private static TimeSpan Time(Module<Tensor, Tensor> model, Tensor x)
    {
        var start = Environment.CpuUsage.TotalTime;
        using var y = model.call(x);
        return Environment.CpuUsage.TotalTime - start;
    }

    // Noise at several scales: neighbouring places see nearly the same, as in photographs.
    private static Tensor Images(int count, int seed)
    {
        manual_seed(seed);
        var x = zeros(count, 3, 32, 32);
        foreach (var side in (int[])[2, 4, 8, 16, 32])
        {
            x += functional.interpolate(randn(count, 3, side, side), [32, 32], mode: InterpolationMode.Bilinear, align_corners: false) / Math.Sqrt(side);
        }

        return x;
    }
}
