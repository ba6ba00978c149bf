namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>A tuple.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public object?[] Items { get; } = items;
}
