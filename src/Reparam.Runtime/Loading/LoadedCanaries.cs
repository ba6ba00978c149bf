using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime;

/// <summary>The canaries of a packed file that is being loaded. Every weight that has one is multiplied once.</summary>
internal sealed class LoadedCanaries(PackedFile packed)
{
    private readonly ILookup<string, PackedCanary> canaries = packed.Canaries.ToLookup(canary => canary.Tensor, StringComparer.Ordinal);

    /// <summary>Checks a weight that stays packed.</summary>
    /// <param name="names">Its names; where they are several, they were coded alike.</param>
    /// <param name="matrix">The weight as the file holds it.</param>
    /// <param name="parts">Its prepacked form.</param>
    /// <exception cref="CheckpointException">A product differs by more than a right kernel may owe.</exception>
    public void Check(IReadOnlyList<string> names, CodedMatrix matrix, PackedMatrix[] parts)
    {
        if (Find(names) is { } canary)
        {
            CanaryCheck.Run(packed, canary, matrix, parts, PackedKernels.Precision, WorkerPool.Shared);
        }
    }

    /// <summary>Checks a weight that was decoded.</summary>
    /// <param name="names">Its names; where they are several, they were coded alike.</param>
    /// <param name="weight">[rows, …].</param>
    /// <exception cref="CheckpointException">A product differs by more than a right kernel may owe.</exception>
    public void Check(IReadOnlyList<string> names, Tensor weight)
    {
        if (Find(names) is { } canary)
        {
            CanaryCheck.Run(packed, canary, weight);
        }
    }

    private PackedCanary? Find(IReadOnlyList<string> names) => names.SelectMany(name => canaries[name]).FirstOrDefault();
}
