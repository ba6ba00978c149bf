namespace Reparam.Merging.Linear;

/// <summary>
/// Weighted mean: model soups (Wortsman et al., ICML 2022, arXiv 2203.05482), and with a metric Metrics-Weighted Averaging (arXiv 2504.18580).
/// </summary>
public static class LinearMerge
{
    /// <summary>Takes the weighted mean of the inputs. The weights are given, or come from each input's loss, step or score.</summary>
    /// <param name="inputs">All inputs.</param>
    /// <param name="weights">How much each input counts; left out, all count the same.</param>
    /// <param name="normalize">Whether to divide by the sum of the weights; false adds up the weighted inputs.</param>
    /// <param name="metric">Weight the inputs by their loss (a lower one counts more), step or score (a higher one counts more) instead of weights.</param>
    /// <param name="metrics">The metric of each input; left out, the metadata entries reparam.metric.loss, reparam.step or reparam.metric.score.</param>
    /// <param name="penalty">How much the best input counts before the others; 0 for all the same.</param>
    /// <param name="shape">How a metric becomes a weight: its power, or a softmax, which suits losses near 0.</param>
    /// <param name="stepOrigin">With steps: the step at which the run began.</param>
    [CheckpointOperation("linear")]
    public static TensorOperation Merge(
        CheckpointInputs inputs,
        double[]? weights = null,
        bool normalize = true,
        MergeMetric metric = MergeMetric.None,
        double[]? metrics = null,
        [ReparamRange(0, 1000)] double penalty = 1,
        WeightShape shape = WeightShape.Power,
        double stepOrigin = 0)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var shares = metric == MergeMetric.None ? Given(inputs, weights, normalize, metrics)
            : FromMetric(inputs, weights, normalize, metric, metrics, penalty, shape, stepOrigin);
        inputs.Record("weights", shares);
        var isMean = normalize && shares.All(share => share >= 0);
        return _ => TensorResult.ByBlock(block => Mean(block, shares, isMean));
    }

    private static double[] Given(CheckpointInputs inputs, double[]? weights, bool normalize, double[]? metrics)
    {
        if (metrics is not null)
        {
            throw inputs.InvalidOption("metrics is given without metric; say with metric whether they are losses, steps or scores");
        }

        var values = weights ?? [1];
        if (values.Length != 1 && values.Length != inputs.InputCount)
        {
            throw inputs.InvalidOption($"weights has {values.Length} values for {inputs.InputCount} inputs; it has one, or one for each input");
        }

        values = values.Length == 1 ? [.. Enumerable.Repeat(values[0], inputs.InputCount)] : values;
        var sum = values.Sum();
        return !normalize ? values : sum != 0 && double.IsFinite(sum) ? [.. values.Select(value => value / sum)]
            : throw inputs.InvalidOption(sum == 0
                ? "weights has the sum 0; a mean needs another sum, or normalize false"
                : "weights has a sum beyond the range of double; a mean needs a smaller one: only their ratios count");
    }

    private static double[] FromMetric(
        CheckpointInputs inputs, double[]? weights, bool normalize, MergeMetric metric, double[]? metrics, double penalty, WeightShape shape, double stepOrigin)
    {
        if (weights is not null)
        {
            throw inputs.InvalidOption("weights and metric are both given; the weights come from one of them");
        }

        if (!normalize)
        {
            throw inputs.InvalidOption("normalize is false and metric is given; weights from a metric always have the sum 1");
        }

        if (stepOrigin != 0 && metric != MergeMetric.Step)
        {
            throw inputs.InvalidOption("step-origin is given and metric is not step; it is the step at which the run began");
        }

        var shares = MetricWeights.Of(metric, MetricWeights.Read(inputs, metric, metrics ?? [], stepOrigin), penalty, shape);
        inputs.CopyFrom = Array.IndexOf(shares, shares.Max());
        return shares;
    }

    // The first product begins the sum: 0 + -0 would be 0, and one input would not come out bit for bit.
    private static void Mean(TensorBlock block, double[] shares, bool isMean)
    {
        var result = block.Result;
        for (var i = 0; i < block.InputCount; i++)
        {
            var values = block.Input(i);
            for (var k = 0; k < result.Length; k++)
            {
                result[k] = i == 0 ? shares[0] * values[k] : result[k] + (shares[i] * values[k]);
            }
        }

        if (isMean)
        {
            KeepBetweenInputs(block);
        }
    }

    // Rounding must not carry a mean out of what it is the mean of.
    private static void KeepBetweenInputs(TensorBlock block)
    {
        var result = block.Result;
        for (var k = 0; k < result.Length; k++)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var i = 0; i < block.InputCount; i++)
            {
                var value = block.Input(i)[k];
                low = value < low ? value : low;
                high = value > high ? value : high;
            }

            result[k] = result[k] < low ? low : result[k] > high ? high : result[k];
        }
    }
}
