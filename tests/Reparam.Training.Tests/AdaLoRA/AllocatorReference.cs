namespace Reparam.Training.Tests.AdaLoRA;

/// <summary>The allocator of the paper in plain loops over doubles, written from its equations and not from the product's code.</summary>
/// <param name="layers">Sizes of each layer: ranks, columns, rows.</param>
internal sealed class AllocatorReference((int R, int In, int Out)[] layers)
{
    private readonly double[][] sensitivity = [.. layers.SelectMany(l => new[] { new double[l.R * l.In], new double[l.R], new double[l.Out * l.R] })];
    private readonly double[][] uncertainty = [.. layers.SelectMany(l => new[] { new double[l.R * l.In], new double[l.R], new double[l.Out * l.R] })];

    public double[] Sensitivity(int layer, int factor) => sensitivity[(3 * layer) + factor];

    public double[] Uncertainty(int layer, int factor) => uncertainty[(3 * layer) + factor];

    /// <summary>Takes the parameters after a step and their gradients, as A, E, B of each layer.</summary>
    public void See(double[][] parameters, double[][] gradients, double beta1, double beta2)
    {
        for (var t = 0; t < parameters.Length; t++)
        {
            for (var i = 0; i < parameters[t].Length; i++)
            {
                var now = Math.Abs(parameters[t][i] * gradients[t][i]);
                sensitivity[t][i] = (beta1 * sensitivity[t][i]) + ((1 - beta1) * now);
                uncertainty[t][i] = (beta2 * uncertainty[t][i]) + ((1 - beta2) * Math.Abs(now - sensitivity[t][i]));
            }
        }
    }

    /// <summary>Scores of all ranks, layer after layer.</summary>
    public double[] Scores()
    {
        var scores = new List<double>();
        for (var l = 0; l < layers.Length; l++)
        {
            var (r, columns, rows) = layers[l];
            for (var i = 0; i < r; i++)
            {
                double a = 0, b = 0;
                for (var j = 0; j < columns; j++)
                {
                    a += Sensitivity(l, 0)[(i * columns) + j] * Uncertainty(l, 0)[(i * columns) + j];
                }

                for (var k = 0; k < rows; k++)
                {
                    b += Sensitivity(l, 2)[(k * r) + i] * Uncertainty(l, 2)[(k * r) + i];
                }

                scores.Add((Sensitivity(l, 1)[i] * Uncertainty(l, 1)[i]) + (a / columns) + (b / rows));
            }
        }

        return [.. scores];
    }

    /// <summary>Which ranks are dropped at a budget, layer after layer: those up to the k-th smallest score.</summary>
    public bool[] Dropped(int budget)
    {
        var scores = Scores();
        var k = scores.Length - budget;
        var threshold = k > 0 ? scores.Order().ElementAt(k - 1) : double.NegativeInfinity;
        return [.. scores.Select(s => s <= threshold)];
    }
}
