using System.Diagnostics;
using Reparam.Runtime;

namespace ImageClassifier;

/// <summary>What a network says of some pictures.</summary>
/// <param name="Predictions">The likeliest class of each.</param>
/// <param name="Probabilities">And its probability.</param>
/// <param name="ImagesPerSecond">By the median batch.</param>
public sealed record Classification(int[] Predictions, float[] Probabilities, double ImagesPerSecond)
{
    private const int Batch = 50;

    /// <summary>Share of the pictures whose class is the likeliest.</summary>
    public double Top1(ImageSet images) => (double)Predictions.Zip(images.Labels).Count(pair => pair.First == pair.Second) / images.Count;

    /// <summary>Runs networks over all pictures, in turn, so that what else the machine does slows all of them alike.</summary>
    /// <param name="models">The networks.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    public static Classification[] Of(IReadOnlyList<ResNetRuntime> models, ImageSet images, IProgress<int>? progress, CancellationToken cancellation)
    {
        var found = models.Select(_ => new Classification(new int[images.Count], new float[images.Count], 0)).ToArray();
        var seconds = models.Select(_ => new List<double>()).ToArray();
        for (var start = 0; start < images.Count; start += Batch)
        {
            var count = Math.Min(Batch, images.Count - start);
            var pixels = images.Normalized(start, count);
            for (var i = 0; i < models.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = TensorScope.Open();
                var begin = Stopwatch.GetTimestamp();
                var probabilities = Torch.Softmax(models[i].Call(Torch.Tensor(pixels, count, images.Channels, images.Side, images.Side)), -1).ToArray<float>();
                if (count == Batch || images.Count < Batch)
                {
                    seconds[i].Add(Stopwatch.GetElapsedTime(begin).TotalSeconds / count);
                }

                Take(probabilities, found[i], start, count);
            }

            progress?.Report(start + count);
        }

        return [.. found.Zip(seconds, (each, times) => each with { ImagesPerSecond = 1 / times.Order().ElementAt(times.Count / 2) })];
    }

    private static void Take(float[] probabilities, Classification found, int start, int count)
    {
        var classes = probabilities.Length / count;
        for (var image = 0; image < count; image++)
        {
            var row = probabilities.AsSpan(image * classes, classes);
            var best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);
            (found.Predictions[start + image], found.Probabilities[start + image]) = (best, row[best]);
        }
    }
}
