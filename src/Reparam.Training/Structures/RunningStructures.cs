using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>What a calibration asks of a model's structures.</summary>
internal static class RunningStructures
{
    /// <summary>
    /// Refuses a model with a structure that is not folded: the build codes the folded block's layers, whose inputs only a folded model shows.
    /// </summary>
    /// <exception cref="ArgumentException">There is one; the message names it.</exception>
    public static void RequireFolded(Module model)
    {
        if (model.StructureBlocks().FirstOrDefault(b => !b.Block.IsFolded) is { Block: { } block } found)
        {
            throw new ArgumentException(
                $"the structure '{found.Path}' ({block.GetType().Name}) is not folded, and the build codes the layers of the folded block: call Fold() on the "
                    + "model first", nameof(model));
        }
    }
}
