using System.Globalization;
using Reparam.Checkpoints;

namespace ImageClassifier;

/// <summary>The app: a table of what each width costs and gives, and a picture of the predictions.</summary>
public static class ClassifierApp
{
    private const int Cancelled = 130;
    private const string Row = "{0,-10} {1,8} {2,10} {3,12} {4,13} {5,14}";

    /// <returns>The process's exit status.</returns>
    public static int Run(ClassifierOptions options, CancellationToken cancellation)
    {
        try
        {
            Classify(options, cancellation);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or CheckpointException
            or ArgumentException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static void Classify(ClassifierOptions options, CancellationToken cancellation)
    {
        var files = ModelFile.Of(options.Images is null ? "mnist" : "resnet");
        if (!File.Exists(files[0].Path))
        {
            throw new FileNotFoundException(
                "This build has no network for --images: build with -p:ResNet=/path/to/resnet20.th, "
                    + "and -p:ResNetImages=/path/to/training/images to calibrate it.");
        }

        var images = options.Images is null
            ? Mnist.Load(AppContext.BaseDirectory).HeldOut
            : Cifar.Load(options.Images, Progress("read"), cancellation);
        images = images.Range(0, Math.Min(options.Limit, images.Count));
        using var dense = Checkpoint.Open(files[0].Path);
        var config = ResNetConfig.Of(files[0].Path, [.. dense.Names], name => dense.Info(name).Shape);
        if (config.Channels != images.Channels || config.Classes != images.Classes.Count)
        {
            throw new InvalidDataException(
                $"{files[0].Path}: found a network for {config.Channels} channels and {config.Classes} classes, "
                    + $"expected {images.Channels} and {images.Classes.Count}.");
        }

        var models = files.Select(file => ResNetRuntime.Load(file.Path, config)).ToArray();
        var found = Classification.Of(models, images, Progress("classified"), cancellation);
        Write(Console.Out, files, found, images, dense, config);
        PictureGrid.Save(options.Grid, images, found[files.Index().First(file => file.Item.Bits == options.Bits).Index], options.Count);
        Console.WriteLine($"Predictions of the {options.Bits}-bit weights, wrong ones first and marked: {Path.GetFullPath(options.Grid)}");
    }

    private static void Write(
        TextWriter writer, IReadOnlyList<ModelFile> files, Classification[] found, ImageSet images, ICheckpoint dense, ResNetConfig config)
    {
        writer.WriteLine($"{images.Name}: {images.Count:N0} pictures, a residual network of {config.Layers} layers");
        writer.WriteLine(Row, "weights", "top-1 %", "to float", "stored bits", "weight bytes", "images/second");
        var top1 = found[0].Top1(images);
        foreach (var (file, classification) in files.Zip(found))
        {
            using var weights = Checkpoint.Open(file.Path);
            writer.WriteLine(
                Row, file.Bits == "32" ? "float32" : file.Bits + "-bit", Number(100 * classification.Top1(images), "F2"),
                Number(100 * (classification.Top1(images) - top1), "+0.00;-0.00;0.00"), Number(ModelFile.StoredBits(weights, dense), "F2"),
                Number(weights.Names.Sum(name => weights.Info(name).ByteLength), "N0"), Number(classification.ImagesPerSecond, "N0"));
        }
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    // On a terminal alone: one line that is written over.
    private static Progress? Progress(string what) => Console.IsErrorRedirected ? null : new Progress(what);
}
