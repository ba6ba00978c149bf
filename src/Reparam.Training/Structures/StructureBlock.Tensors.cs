using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// Base of a block from tensor to tensor that trains in one form and ships in another; see <see cref="StructureBlock{T, TResult, TFolded}"/>.
/// </summary>
/// <typeparam name="TFolded">Class of the folded block.</typeparam>
/// <param name="name">Name of the block, for messages.</param>
/// <param name="folded">Makes a folded block of the same sizes; its values do not matter.</param>
public abstract class StructureBlock<TFolded>(string name, Func<TFolded> folded) : StructureBlock<Tensor, Tensor, TFolded>(name, folded)
    where TFolded : nn.Module<Tensor, Tensor>;
