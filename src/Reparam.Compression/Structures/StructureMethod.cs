namespace Reparam.Compression.Structures;

/// <summary>
/// How a block that was trained in one form becomes the smaller block that ships. It works on tensors alone, without libtorch, so that the trainer's
/// <c>Fold()</c>, an export and a build that is given a training checkpoint all do the same. An attribute of the kind names its method by
/// <c>[ReparamMethod("Full.Metadata.Name")]</c>.
/// </summary>
public abstract class StructureMethod
{
    /// <summary>For methods of any assembly.</summary>
    protected StructureMethod()
    {
    }

    /// <summary>The name by which a manifest asks for the method: its full metadata name.</summary>
    public string Name => GetType().FullName!;

    /// <summary>The attribute class whose objects are the method's options.</summary>
    public abstract Type OptionsType { get; }

    /// <summary>Whether these tensors are those of the block before folding. False for the folded block's.</summary>
    /// <param name="block">All tensors below the block's path.</param>
    public abstract bool IsUnfolded(BlockState block);

    /// <summary>The folded block's tensors: all of its state dict, in its order. No values are read before a tensor is computed.</summary>
    /// <param name="block">The block's tensors.</param>
    /// <param name="options">The attribute; of <see cref="OptionsType"/>.</param>
    /// <exception cref="StructureException">A tensor is missing or has a shape that the block cannot have.</exception>
    public abstract IReadOnlyList<FoldedTensor> Fold(BlockState block, StructureAttribute options);
}
