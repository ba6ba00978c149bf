using System.Buffers;

namespace Reparam.Merging;

/// <summary>
/// Base plus a weighted sum of task vectors, with or without an election of signs:
/// <c>result = base + λ · Σ w_i·D_i·m_i / divisor</c>, where D_i is input minus base, pruned.
/// </summary>
public static class TaskVectorSum
{
    /// <summary>A sum of weights that counts as none.</summary>
    private const double NoWeight = 1e-8;

    /// <summary>Without an election: m_i = 1. The divisor is Σ w_i where it is asked for and not 0, else 1.</summary>
    /// <param name="weights">One for each input.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="normalize">Whether to divide by the sum of the weights. A sum below 1e-8 counts as 1.</param>
    /// <param name="prune">Prunes task vectors; null for none.</param>
    public static BlockFunction Plain(double[] weights, double lambda, bool normalize, PruneFunction? prune = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var sum = weights.Sum();
        var divisor = normalize && Math.Abs(sum) >= NoWeight ? sum : 1;
        return block =>
        {
            var difference = ArrayPool<double>.Shared.Rent(block.Length);
            try
            {
                var result = block.Result;
                for (var i = 0; i < block.InputCount; i++)
                {
                    Difference(block, i, difference.AsSpan(0, block.Length), prune);
                    for (var k = 0; k < result.Length; k++)
                    {
                        result[k] += weights[i] * difference[k];
                    }
                }

                for (var k = 0; k < result.Length; k++)
                {
                    result[k] = AddTo(block.Base[k], result[k], lambda, divisor);
                }
            }
            finally
            {
                ArrayPool<double>.Shared.Return(difference);
            }
        };
    }

    /// <summary>
    /// With an election of signs, element by element: the elected sign is that of Σ w_i·D_i, and + where the sum is 0. An input takes part where w_i·D_i
    /// has the elected sign, so that 0 never
    /// does. The divisor is the sum of the weights of those that take part where it is asked for and not 0, else 1.
    /// </summary>
    /// <param name="weights">One for each input.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="normalize">Whether to divide by the weights of those that take part.</param>
    /// <param name="prune">Prunes task vectors; null for none.</param>
    public static BlockFunction WithElection(double[] weights, double lambda, bool normalize, PruneFunction? prune = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return block =>
        {
            var differences = ArrayPool<double>.Shared.Rent(block.Length * block.InputCount);
            try
            {
                var result = block.Result;
                for (var i = 0; i < block.InputCount; i++)
                {
                    var difference = differences.AsSpan(i * block.Length, block.Length);
                    Difference(block, i, difference, prune);
                    for (var k = 0; k < difference.Length; k++)
                    {
                        difference[k] *= weights[i];
                        result[k] += difference[k];
                    }
                }

                for (var k = 0; k < result.Length; k++)
                {
                    var isPositive = result[k] >= 0;
                    double sum = 0, divisor = 0;
                    for (var i = 0; i < block.InputCount; i++)
                    {
                        var part = differences[(i * block.Length) + k];
                        if (isPositive ? part > 0 : part < 0)
                        {
                            sum += part;
                            divisor += weights[i];
                        }
                    }

                    result[k] = AddTo(block.Base[k], sum, lambda, normalize && divisor != 0 ? divisor : 1);
                }
            }
            finally
            {
                ArrayPool<double>.Shared.Return(differences);
            }
        };
    }

    private static void Difference(TensorBlock block, int input, Span<double> difference, PruneFunction? prune)
    {
        var values = block.Input(input);
        var origin = block.Base;
        for (var k = 0; k < difference.Length; k++)
        {
            difference[k] = values[k] - origin[k];
        }

        prune?.Invoke(input, block.Start, difference);
    }

    // Where nothing is added, the base stays bit for bit: -0 + 0 would be 0.
    private static double AddTo(double origin, double sum, double lambda, double divisor) => sum == 0 ? origin : origin + (lambda * sum / divisor);
}
