using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>A block that trains in one form and ships in another. Derive from <see cref="StructureBlock{TFolded}"/>; nothing else implements this.</summary>
public interface IStructureBlock
{
    /// <summary>True between <see cref="Fold"/> and <see cref="Unfold"/>: the block runs its folded form.</summary>
    bool IsFolded { get; }

    /// <summary>The folded form, up to date with the block; null while the block is not folded.</summary>
    Module? FoldedBlock { get; }

    /// <summary>What the last fold had to say of the block's values.</summary>
    IReadOnlyList<string> FoldNotes { get; }

    /// <summary>Makes the block run its folded form. Folding a folded block changes nothing.</summary>
    Module Fold();

    /// <summary>Undoes <see cref="Fold"/> exactly. Without effect on a block that is not folded.</summary>
    void Unfold();

    /// <summary>Buffers that say how the class is built: a checkpoint may lack them, and one that has them must agree.</summary>
    internal IReadOnlyList<string> Constants { get; }

    /// <summary>What an export holds in the block's place.</summary>
    internal IReadOnlyList<DenseTensor> FoldedState();
}
