using Reparam.Benchmarks.Measuring;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Models;

/// <summary>What was measured of a decoder.</summary>
/// <param name="Sizes">The model's sizes.</param>
/// <param name="Weights">Its weights in memory.</param>
/// <param name="Path">Instructions of the products.</param>
/// <param name="Threads">Threads of the products.</param>
/// <param name="Prompt">Tokens of the prompt whose first token was timed.</param>
/// <param name="Depth">Tokens that the cache held when decoding began.</param>
/// <param name="Tokens">Tokens decoded.</param>
/// <param name="Decode">Time of a token.</param>
/// <param name="FirstToken">Time from the prompt to the first token.</param>
/// <param name="FromMemory">Whether the probe read from memory, because no cache holds the weights; else from the cache.</param>
/// <param name="Bandwidth">Bytes a second that the probe read on as many threads.</param>
/// <param name="AllocatedBytes">Managed bytes allocated for a token, on all threads.</param>
/// <param name="Profile">Share of each <see cref="Region"/> in the time of decoding.</param>
internal sealed record ModelReport(
    DecoderSizes Sizes, WeightBytes Weights, KernelPath Path, int Threads, int Prompt, int Depth, int Tokens, Measurement Decode, Measurement FirstToken, bool FromMemory, double Bandwidth,
    double AllocatedBytes, double[] Profile)
{
    /// <summary>Tokens a second: from the 10th percentile of the times of a token.</summary>
    public double TokensPerSecond => 1 / Decode.Seconds;

    /// <summary>Tokens a second if reading the weights were all there is to do.</summary>
    public double Limit => Bandwidth / Decode.Contender.Bytes;

    /// <summary>Tokens a second over <see cref="Limit"/>.</summary>
    public double ShareOfLimit => TokensPerSecond / Limit;

    /// <summary>Bytes of keys and values that a token reads, on average.</summary>
    public double CacheBytes => 2.0 * Sizes.Layers * Sizes.KeyValueWidth * sizeof(float) * (Depth + ((Tokens + 1) / 2.0));

    /// <summary>Share of the products with weights, the classifier's included, in the time of decoding.</summary>
    public double ProductShare => Share(Region.PackedProducts) + Share(Region.Classifier);

    /// <summary>Share of a region in the time of decoding.</summary>
    public double Share(Region region) => Profile[(int)region];
}
