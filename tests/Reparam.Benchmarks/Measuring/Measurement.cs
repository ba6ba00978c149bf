namespace Reparam.Benchmarks.Measuring;

/// <summary>What the samples of a contender say.</summary>
/// <param name="Contender">What was timed.</param>
/// <param name="Seconds">Seconds an operation: the 10th percentile of the samples. Other work on the machine only ever adds time.</param>
/// <param name="Median">Seconds an operation: the middle sample.</param>
internal sealed record Measurement(Contender Contender, double Seconds, double Median)
{
    /// <summary>Bytes a second that the weights were read at.</summary>
    public double BytesPerSecond => Contender.Bytes / Seconds;

    /// <summary>The measurement of some samples.</summary>
    /// <param name="contender">What was timed.</param>
    /// <param name="samples">Seconds an operation, at least one; sorted in place.</param>
    public static Measurement Of(Contender contender, double[] samples)
    {
        Array.Sort(samples);
        return new Measurement(contender, samples[(samples.Length - 1) / 10], samples[samples.Length / 2]);
    }
}
