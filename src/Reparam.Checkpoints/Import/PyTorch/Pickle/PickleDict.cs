namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>A dictionary, in the order of insertion. Keys may repeat; who reads it decides what that means.</summary>
internal sealed class PickleDict
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>The last value of a string key, or null.</summary>
    public object? Find(string key) => Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}
