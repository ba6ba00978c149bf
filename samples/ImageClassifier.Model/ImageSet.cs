namespace ImageClassifier;

/// <summary>Pictures and what is on them.</summary>
/// <param name="Name">What people call them.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Channels">1 for gray, 3 for red, green and blue.</param>
/// <param name="Side">Height and width of a picture.</param>
/// <param name="Pixels">Values from 0 to 255, [count, channels, side, side].</param>
/// <param name="Labels">The class of each picture.</param>
public sealed record ImageSet(string Name, IReadOnlyList<string> Classes, int Channels, int Side, byte[] Pixels, int[] Labels)
{
    // Mean and standard deviation of each channel that the networks were trained with.
    private static readonly float[] GrayMean = [0.1307f], GrayDeviation = [0.3081f];
    private static readonly float[] ColourMean = [0.485f, 0.456f, 0.406f], ColourDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Number of pictures.</summary>
    public int Count => Labels.Length;

    /// <summary>Values of a picture.</summary>
    public int Size => Channels * Side * Side;

    /// <summary>Some pictures one after the other.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">How many.</param>
    public ImageSet Range(int start, int count) =>
        this with { Pixels = Pixels[(start * Size)..((start + count) * Size)], Labels = Labels[start..(start + count)] };

    /// <summary>Some pictures in another order.</summary>
    /// <param name="indices">Which.</param>
    public ImageSet Pick(IReadOnlyList<int> indices) => this with
    {
        Pixels = [.. indices.SelectMany(i => new ArraySegment<byte>(Pixels, i * Size, Size))],
        Labels = [.. indices.Select(i => Labels[i])],
    };

    /// <summary>
    /// What the network takes: values from 0 to 1, less the mean of their channel and divided by its deviation, [count, channels, side, side].
    /// </summary>
    /// <param name="start">The first picture.</param>
    /// <param name="count">How many.</param>
    public float[] Normalized(int start, int count)
    {
        var (mean, deviation) = Channels == 1 ? (GrayMean, GrayDeviation) : (ColourMean, ColourDeviation);
        var values = new float[count * Size];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = i / (Side * Side) % Channels;
            values[i] = ((Pixels[(start * Size) + i] / 255f) - mean[channel]) / deviation[channel];
        }

        return values;
    }
}
