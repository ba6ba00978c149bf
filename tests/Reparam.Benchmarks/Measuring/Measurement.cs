namespace Reparam.Benchmarks.Measuring;

/// <summary>What the samples of a contender say.</summary>
/// <param name="Contender">What was timed.</param>
/// <param name="Seconds">Seconds an operation: the 10th percentile of the samples. Other work on the machine only ever adds time.</param>
/// <param name="Median">Seconds an operation: the middle sample.</param>
internal sealed record Measurement(Contender Contender, double Seconds, double Median)
{
    /// <summary>Seconds an operation of each sample, in the order in which they were taken.</summary>
    public IReadOnlyList<double> Samples { get; private init; } = [];

    /// <summary>Bytes a second that the weights were read at.</summary>
    public double BytesPerSecond => Contender.Bytes / Seconds;

    /// <summary>How many times as long another contender took: the middle one of the ratios of samples that were taken side by side.</summary>
    /// <param name="other">A measurement of the same run.</param>
    public double MedianRatio(Measurement other)
    {
        double[] ratios = [.. Samples.Zip(other.Samples, (own, its) => its / own)];
        Array.Sort(ratios);
        return ratios[ratios.Length / 2];
    }

    /// <summary>The measurement of some samples.</summary>
    /// <param name="contender">What was timed.</param>
    /// <param name="samples">Seconds an operation, at least one; sorted in place.</param>
    public static Measurement Of(Contender contender, double[] samples)
    {
        double[] inOrder = [.. samples];
        Array.Sort(samples);
        return new Measurement(contender, samples[(samples.Length - 1) / 10], samples[samples.Length / 2]) { Samples = inOrder };
    }
}
