using Reparam.Compression.Structures;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// Base of a block with one input that trains in one form and ships in another. The class has an attribute of the kind structure, from which the generator
/// emits <see cref="FoldMethod"/> and <see cref="FoldOptions"/>. The folded class is a marked class with constructors of the same parameters; the run-time
/// twin of whoever makes a block makes the folded class's twin.
/// </summary>
/// <remarks>
/// Life cycle as an emitted layer's: training; then <see cref="Fold"/> and <see cref="Unfold"/>. A folded block keeps its state and follows it: what a load
/// or an optimizer writes is folded anew before the next forward. An export writes the folded block's state, a training checkpoint the block's own.
/// </remarks>
/// <typeparam name="T">Input.</typeparam>
/// <typeparam name="TResult">Output.</typeparam>
/// <typeparam name="TFolded">Class of the folded block.</typeparam>
public abstract class StructureBlock<T, TResult, TFolded> : Module<T, TResult>, IStructureBlock
    where TFolded : Module<T, TResult>
{
    private readonly StructureFold<TFolded> fold;
    private readonly List<string> constants = [];

    /// <summary>Takes the name and the way to the folded block.</summary>
    /// <param name="name">Name of the block, for messages.</param>
    /// <param name="folded">Makes a folded block of the same sizes; its values do not matter.</param>
    protected StructureBlock(string name, Func<TFolded> folded)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(folded);
        fold = new StructureFold<TFolded>(this, folded);
    }

    /// <inheritdoc/>
    public bool IsFolded => fold.IsFolded;

    /// <summary>The folded form, up to date with the block; null while the block is not folded.</summary>
    public TFolded? FoldedBlock => IsFolded ? fold.Current(FoldMethod, FoldOptions) : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> FoldNotes => fold.Notes;

    /// <inheritdoc/>
    Module? IStructureBlock.FoldedBlock => FoldedBlock;

    /// <inheritdoc/>
    IReadOnlyList<string> IStructureBlock.Constants => constants;

    /// <summary>How the block is folded. The generator overrides it where the class has a structure attribute.</summary>
    protected virtual StructureMethod FoldMethod => throw NoAttribute();

    /// <summary>The class's structure attribute. The generator overrides it.</summary>
    protected virtual StructureAttribute FoldOptions => throw NoAttribute();

    /// <summary>
    /// Makes the block run its folded form, which is made in float64 and rounded once to the block's type. The block's own state stays as it is and takes
    /// no gradient. Folding a folded block changes nothing.
    /// </summary>
    /// <returns>The folded block, in evaluation mode. It is the block's: <see cref="Unfold"/> frees it.</returns>
    /// <exception cref="StructureException">
    /// The block cannot be folded, or the folded class has other tensors than the fold gives, or computes something else.
    /// </exception>
    public TFolded Fold() => fold.Fold(FoldMethod, FoldOptions, VerifyFold);

    /// <inheritdoc/>
    Module IStructureBlock.Fold() => Fold();

    /// <inheritdoc/>
    public void Unfold() => fold.Unfold();

    /// <inheritdoc/>
    IReadOnlyList<DenseTensor> IStructureBlock.FoldedState() => fold.State(FoldMethod, FoldOptions);

    /// <inheritdoc/>
    public sealed override TResult forward(T input) => FoldedBlock is { } folded ? folded.call(input) : ForwardUnfolded(input);

    /// <inheritdoc/>
    /// <remarks>
    /// TorchSharp's <c>load</c> and <c>load_state_dict</c> write into the tensors that this hands out. So a folded block looks at all of its state before
    /// it runs again.
    /// </remarks>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        fold.HandedOut();
        return base.state_dict(destination, prefix);
    }

    /// <summary>The block's own form: what trains.</summary>
    /// <param name="input">Input.</param>
    protected abstract TResult ForwardUnfolded(T input);

    /// <summary>
    /// Looks at a folded block before the block runs it, in evaluation mode and without gradients. Throw a <see cref="StructureException"/> where it does
    /// not compute what <see cref="ForwardUnfolded"/> does; <see cref="StructureChecks.RequireSame"/> compares. By default nothing is looked at.
    /// </summary>
    /// <param name="folded">The folded block.</param>
    protected virtual void VerifyFold(TFolded folded)
    {
    }

    /// <summary>
    /// Keeps a number by which the class is built as a buffer, int64 of one element, so that a checkpoint tells it: loading one with another number is
    /// refused, and one without it is not.
    /// </summary>
    /// <param name="name">Name in the state dict: <c>reparam.channelidle.active</c>.</param>
    /// <param name="value">The number.</param>
    protected void KeepConstant(string name, long value)
    {
        register_buffer(name, tensor([value]).DetachFromDisposeScope());
        constants.Add(name);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            fold.Drop();
        }

        base.Dispose(disposing);
    }

    private InvalidOperationException NoAttribute() =>
        new($"{GetType().Name} is a structure without an attribute: put one on the class, such as [ChannelIdle(0.75)], and mark the class [ReparamModule].");
}
