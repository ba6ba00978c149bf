using System.Diagnostics;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ImageClassifier.Trainer;

/// <summary>Trains the network on handwritten digits.</summary>
internal static class Training
{
    private const int Batch = 50;
    private const double PeakRate = 3e-3;
    private const int MaxShift = 2;

    /// <summary>Trains and writes the checkpoint.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="blocks">Blocks of each stage.</param>
    /// <param name="epochs">Passes over the pictures.</param>
    /// <param name="seed">Seed of weights and batches.</param>
    /// <param name="cancellation">Ends it; nothing is written.</param>
    public static void Run(string path, int blocks, int epochs, int seed, CancellationToken cancellation)
    {
        manual_seed(seed);
        var random = new Random(seed);
        var (training, heldOut) = Mnist.Load(AppContext.BaseDirectory);
        using var model = new ResNet(new ResNetConfig(training.Channels, blocks));
        using var optimizer = optim.AdamW(model.parameters(), PeakRate, weight_decay: 1e-2);
        var steps = training.Count / Batch;
        var schedule = optim.lr_scheduler.OneCycleLR(optimizer, PeakRate, total_steps: (epochs * steps) + 1);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var start = Stopwatch.GetTimestamp();
            var order = Enumerable.Range(0, training.Count).ToArray();
            random.Shuffle(order);
            var shuffled = training.Pick(order);
            var sum = 0.0;
            model.train();
            for (var step = 0; step < steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var (x, labels) = Batches.Take(shuffled, step * Batch, Batch);
                optimizer.zero_grad();
                var loss = functional.cross_entropy(model.call(Shifted(x, random)), labels, label_smoothing: 0.05);
                loss.backward();
                optimizer.step();
                schedule.step();
                sum += loss.item<float>();
            }

            model.eval();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine($"epoch {epoch} of {epochs}: loss {sum / steps:F4}, held out {100 * Batches.Top1(model, heldOut):F2} %, {seconds:F0} s");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        model.ExportDense(path);
        Console.WriteLine($"Weights for 'calibrate' and the build: {path}");
    }

    // Each batch moved by up to two pixels.
    private static Tensor Shifted(Tensor x, Random random)
    {
        var (down, across) = (random.Next(-MaxShift, MaxShift + 1), random.Next(-MaxShift, MaxShift + 1));
        return x.roll([down, across], [2, 3]);
    }
}
