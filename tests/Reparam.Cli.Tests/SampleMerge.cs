using Reparam.Merging;

namespace Reparam.Cli.Tests;

/// <summary>An operation of another assembly than the tool's.</summary>
public static class SampleMerge
{
    /// <summary>Takes the smallest value of each element.</summary>
    /// <param name="tensor">One tensor in all inputs.</param>
    /// <param name="smallScale">What the value is multiplied by.</param>
    [CheckpointOperation("smallest-value")]
    public static TensorResult Smallest(TensorInputs tensor, [ReparamRange(0, 10)] double smallScale = 1) => TensorResult.ByBlock(block =>
    {
        for (var k = 0; k < block.Length; k++)
        {
            block.Result[k] = smallScale * Enumerable.Range(0, block.InputCount).Min(input => block.Input(input)[k]);
        }
    });
}
