using TorchSharp;
using static TorchSharp.torch;

namespace ImageClassifier.Trainer;

/// <summary>Pictures as tensors.</summary>
internal static class Batches
{
    /// <summary>Normalized pictures, [count, channels, side, side], and their classes, [count].</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="start">The first.</param>
    /// <param name="count">How many at most.</param>
    public static (Tensor Images, Tensor Labels) Take(ImageSet images, int start, int count)
    {
        count = Math.Min(count, images.Count - start);
        return (
            tensor(images.Normalized(start, count)).view(count, images.Channels, images.Side, images.Side),
            tensor(images.Labels[start..(start + count)], dtype: ScalarType.Int64));
    }

    /// <summary>Share of pictures whose class a network in evaluation mode finds likeliest.</summary>
    public static double Top1(ResNet model, ImageSet images)
    {
        using var noGrad = no_grad();
        var right = 0L;
        for (var start = 0; start < images.Count; start += 100)
        {
            using var scope = NewDisposeScope();
            var (x, labels) = Take(images, start, 100);
            right += model.call(x).argmax(1).eq(labels).sum().item<long>();
        }

        return (double)right / images.Count;
    }
}
