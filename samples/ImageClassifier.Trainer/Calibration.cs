using System.Diagnostics;
using Reparam.Checkpoints;
using Reparam.Compression.Calibration;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ImageClassifier.Trainer;

/// <summary>Records what the layers see, and how much each layer's coding changes the predictions.</summary>
internal static class Calibration
{
    private const int Batch = 50;

    /// <summary>Writes the calibration.</summary>
    /// <param name="options">What to record.</param>
    /// <param name="cancellation">Ends it; nothing is written.</param>
    public static void Run(CalibrationOptions options, CancellationToken cancellation)
    {
        var images = options.Images is null ? Mnist.Load(AppContext.BaseDirectory).Training : Cifar.Load(options.Images, null, cancellation);
        using var model = Load(options.Checkpoint);
        using var noGrad = no_grad();
        model.eval();
        var sampling = options.AllPlaces ? PlaceSampling.All : new PlaceSampling();
        using var recorder = CalibrationRecorder.Attach(model, sampling: sampling, cancellation: cancellation);
        var start = Stopwatch.GetTimestamp();
        var count = Math.Min(options.Count, images.Count);
        foreach (var (done, batch) in Take(images, count))
        {
            using var scope = NewDisposeScope();
            using (batch)
            {
                model.call(batch);
            }

            Console.Error.Write($"\r{done:N0} of {count:N0} pictures recorded \r");
        }

        var recorded = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var output = options.Output ?? Path.ChangeExtension(options.Checkpoint, "calibration.safetensors");
        var unfinished = output + ".new";
        try
        {
            recorder.Save(unfinished, options.Checkpoint, cancellation);
            WriteWithSensitivity(unfinished, output, model, images.Range(0, Math.Min(options.Trials, images.Count)), cancellation);
        }
        finally
        {
            File.Delete(unfinished);
        }

        Console.WriteLine($"Calibration of {count:N0} pictures for the build, recorded in {recorded:F1} s: {output}");
    }

    // The build's bit allocation asks for it.
    private static void WriteWithSensitivity(string recorded, string path, ResNet model, ImageSet images, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var batches = Take(images, images.Count).Select(entry => entry.Batch).ToArray();
        using var file = CalibrationFile.Open(recorded, cancellation: cancellation);
        var found = model.MeasureSensitivity(model.CompressionPlan(), batches, batch => model.call(batch), file, new Told(), cancellation);
        var writer = CalibrationMerge.Merge([file]);
        writer.Sensitivity = found.ToCalibration();
        writer.Write(path, cancellation);
    }

    private static IEnumerable<(int Done, Tensor Batch)> Take(ImageSet images, int count)
    {
        for (var start = 0; start < count; start += Batch)
        {
            var (x, labels) = Batches.Take(images, start, Math.Min(Batch, count - start));
            labels.Dispose();
            yield return (start + (int)x.shape[0], x);
        }
    }

    private static ResNet Load(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        var model = new ResNet(ResNetConfig.Of(path, [.. checkpoint.Names], name => checkpoint.Info(name).Shape));
        model.LoadSafetensors(path);
        return model;
    }

    private sealed class Told : IProgress<SequentialProgress>
    {
        public void Report(SequentialProgress value) => Console.Error.Write($"\r{value.Done} of {value.Total} layers tried \r");
    }
}
