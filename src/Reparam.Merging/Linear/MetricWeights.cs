using System.Globalization;

namespace Reparam.Merging.Linear;

/// <summary>
/// Weights from metrics: Metrics-Weighted Averaging (Yu and Choi, 2025, arXiv 2504.18580). Where its abstract leaves the form open, the form is ours.
/// </summary>
internal static class MetricWeights
{
    /// <summary>The weights: positive, with the sum 1, and the same when all metrics are multiplied by one number.</summary>
    /// <param name="metric">What the values are.</param>
    /// <param name="values">One for each input.</param>
    /// <param name="penalty">0 gives all the same; the larger, the more the best one weighs.</param>
    /// <param name="shape">How a value becomes a weight.</param>
    public static double[] Of(MergeMetric metric, double[] values, double penalty, WeightShape shape)
    {
        // As ratios and differences to the best, so that nothing overflows.
        var best = metric == MergeMetric.Loss ? values.Min() : values.Max();
        var spread = Deviation(values);
        var weights = values.Select(value => shape == WeightShape.Power
            ? Math.Pow(metric == MergeMetric.Loss ? best / value : value / best, penalty)
            : spread > 0 ? Math.Exp(-penalty * Math.Abs(value - best) / spread) : 1).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>Metrics of the inputs: those that the user gave, or those in the files' metadata.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="metric">Which metric.</param>
    /// <param name="given">What the user gave; empty for nothing.</param>
    /// <param name="origin">Step at which the run began.</param>
    /// <exception cref="CheckpointOperationException">RPB0171: one is missing, not a number, or not above 0.</exception>
    public static double[] Read(CheckpointInputs inputs, MergeMetric metric, double[] given, double origin)
    {
        if (given.Length > 0 && given.Length != inputs.InputCount)
        {
            throw inputs.InvalidOption($"metrics has {given.Length} values for {inputs.InputCount} inputs; it has one for each input");
        }

        var key = metric == MergeMetric.Step ? "reparam.step" : $"reparam.metric.{metric.ToString().ToLowerInvariant()}";
        var values = new double[inputs.InputCount];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (given.Length > 0 ? given[i] : FromMetadata(inputs, i, key)) - (metric == MergeMetric.Step ? origin : 0);
            if (!(values[i] > 0 && double.IsFinite(values[i])))
            {
                throw inputs.InvalidOption(string.Create(
                    CultureInfo.InvariantCulture,
                        $"the {metric.ToString().ToLowerInvariant()} of {inputs.File(i)} is {values[i]}; weights need a number above 0"));
            }
        }

        return values;
    }

    private static double FromMetadata(CheckpointInputs inputs, int input, string key)
    {
        var text = inputs.Metadata(input, key)
            ?? throw inputs.InvalidOption($"{inputs.File(input)} has no metadata entry {key}; give the values of all inputs with metrics");
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw inputs.InvalidOption($"{inputs.File(input)} has the metadata entry {key} = '{text}'; it is a number");
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
