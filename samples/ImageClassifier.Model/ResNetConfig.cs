namespace ImageClassifier;

/// <summary>The sizes of a <see cref="ResNet"/>.</summary>
/// <param name="Channels">Channels of an image: 1 or 3.</param>
/// <param name="Blocks">Blocks of each of the three stages: n makes a network of 6n + 2 layers.</param>
/// <param name="Classes">Classes to tell apart.</param>
public sealed record ResNetConfig(int Channels, int Blocks, int Classes = 10)
{
    /// <summary>Layers with weights on the way through the network.</summary>
    public int Layers => (6 * Blocks) + 2;

    /// <summary>Finds the sizes that weights have.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="names">Names of its tensors.</param>
    /// <param name="shape">Gives the shape of one of them.</param>
    /// <exception cref="InvalidDataException">They are not those of such a network.</exception>
    public static ResNetConfig Of(string path, IReadOnlyCollection<string> names, Func<string, IReadOnlyList<long>> shape)
    {
        var blocks = Enumerable.Range(0, names.Count).TakeWhile(i => names.Contains($"layer1.{i}.conv1.weight")).Count();
        if (blocks == 0 || !names.Contains("conv1.weight") || !names.Contains("linear.weight"))
        {
            throw new InvalidDataException(
                $"{path}: found tensors such as '{names.FirstOrDefault()}', expected those of a residual network for small images: 'conv1.weight', "
                    + "'layer1.0.conv1.weight', ..., 'linear.weight'.");
        }

        return new ResNetConfig((int)shape("conv1.weight")[1], blocks, (int)shape("linear.weight")[0]);
    }
}
