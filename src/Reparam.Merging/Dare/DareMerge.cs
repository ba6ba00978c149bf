namespace Reparam.Merging.Dare;

/// <summary>DARE (Yu et al., ICML 2024, arXiv 2311.03099): drop and rescale.</summary>
public static class DareMerge
{
    /// <summary>Drops changes at random, scales up those that are left, and adds them to the base by a sum or with TIES' election of signs.</summary>
    /// <param name="tensor">One tensor in all inputs.</param>
    /// <param name="weights">How much of each input is added.</param>
    /// <param name="density">Share of the changes that each input keeps: 1 − p for the paper's drop rate p.</param>
    /// <param name="lambda">Scale of what is added to the base.</param>
    /// <param name="combine">A weighted sum, or TIES' election of signs.</param>
    /// <param name="rescale">What makes up for the dropped changes: the paper's 1/density, the sum of the magnitudes (l1), or nothing.</param>
    /// <param name="normalize">Whether the sum is divided by the weights, as in the operation that it is combined by.</param>
    /// <param name="seed">What is dropped depends on it, on the input's number, the tensor's name and the element alone.</param>
    [CheckpointOperation("dare", NeedsBase = true)]
    public static TensorResult Merge(
        TensorInputs tensor,
        [PerInput(1)] double[] weights,
        [PerInput(0.5), ReparamRange(1e-6, 1)] double[] density,
        double lambda = 1,
        DareCombination combine = DareCombination.Sum,
        DareRescale rescale = DareRescale.Density,
        bool normalize = false,
        long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(density);
        var randoms = new CounterRandom[tensor.InputCount];
        for (var i = 0; i < randoms.Length; i++)
        {
            randoms[i] = new CounterRandom(seed, i, tensor.RandomName);
        }

        var scales = rescale switch
        {
            DareRescale.Density => [.. density.Select(share => 1 / share)],
            DareRescale.L1 => SumScales(tensor, randoms, density),
            _ => Enumerable.Repeat(1.0, density.Length).ToArray(),
        };

        void Drop(int input, long start, Span<double> difference)
        {
            if (density[input] == 1)
            {
                return;
            }

            for (var k = 0; k < difference.Length; k++)
            {
                difference[k] = randoms[input].Uniform(start + k) < density[input] ? difference[k] * scales[input] : 0;
            }
        }

        return TensorResult.ByBlock(combine == DareCombination.Ties
            ? TaskVectorSum.WithElection(weights, lambda, normalize, Drop)
            : TaskVectorSum.Plain(weights, lambda, normalize, Drop));
    }

    /// <summary>For each input, Σ|D| over Σ|D| of what is kept; 1 where nothing is.</summary>
    private static double[] SumScales(TensorInputs tensor, CounterRandom[] randoms, double[] density)
    {
        var (all, kept) = (new double[randoms.Length], new double[randoms.Length]);
        tensor.ForEachBlock(block =>
        {
            for (var i = 0; i < randoms.Length; i++)
            {
                var values = block.Input(i);
                var origin = block.Base;
                for (var k = 0; k < values.Length; k++)
                {
                    var magnitude = Math.Abs(values[k] - origin[k]);
                    all[i] += magnitude;
                    kept[i] += randoms[i].Uniform(block.Start + k) < density[i] ? magnitude : 0;
                }
            }
        });
        return [.. all.Zip(kept, (whole, part) => part > 0 ? whole / part : 1)];
    }
}
