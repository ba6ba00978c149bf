namespace Reparam.Merging.Ties;

/// <summary>TIES-Merging (Yadav et al., NeurIPS 2023, arXiv 2306.01708): trim, elect signs, disjoint merge.</summary>
public static class TiesMerge
{
    /// <summary>Keeps the largest changes of each input, elects a sign for each element, and adds the mean of the changes that have it to the base.</summary>
    /// <param name="tensor">One tensor in all inputs.</param>
    /// <param name="weights">How much each input counts in the election and in the mean.</param>
    /// <param name="density">Share of the elements of a tensor that each input keeps, the largest by magnitude, rounded down but at least one.</param>
    /// <param name="lambda">Scale of what is added to the base.</param>
    /// <param name="normalize">Whether the sum is divided by the weights of the inputs that take part; false adds them up.</param>
    [CheckpointOperation("ties", NeedsBase = true)]
    public static TensorResult Merge(
        TensorInputs tensor, [PerInput(1)] double[] weights, [PerInput(0.2), ReparamRange(1e-6, 1)] double[] density, double lambda = 1, bool normalize = true)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(density);
        var cuts = new MagnitudeCut[tensor.InputCount];
        for (var i = 0; i < cuts.Length; i++)
        {
            var kept = Math.Max(1, (long)(density[i] * tensor.Info.ElementCount));
            cuts[i] = tensor.LargestDifferences(i, kept);
        }

        return TensorResult.ByBlock(TaskVectorSum.WithElection(weights, lambda, normalize, (input, start, difference) =>
        {
            for (var k = 0; k < difference.Length; k++)
            {
                difference[k] = cuts[input].Takes(difference[k], start + k) ? difference[k] : 0;
            }
        }));
    }
}
