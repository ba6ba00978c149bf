namespace Reparam.Merging.TaskArithmetic;

/// <summary>Task arithmetic (Ilharco et al., ICLR 2023, arXiv 2212.04089): result = base + λ · Σ w_i·(θ_i − base).</summary>
public static class TaskArithmeticMerge
{
    /// <summary>Adds what the inputs learned to the base: base + lambda · Σ weight · (input − base). A negative weight takes it away.</summary>
    /// <param name="tensor">One tensor in all inputs.</param>
    /// <param name="weights">How much of each input is added.</param>
    /// <param name="lambda">Scale of the whole sum.</param>
    /// <param name="normalize">Whether the sum is divided by the sum of the weights.</param>
    [CheckpointOperation("task-arithmetic", NeedsBase = true)]
    public static TensorResult Merge(TensorInputs tensor, [PerInput(1)] double[] weights, double lambda = 1, bool normalize = false) =>
        TensorResult.ByBlock(TaskVectorSum.Plain(weights, lambda, normalize));
}
