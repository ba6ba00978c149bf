namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>A dictionary, in the order of insertion. Keys may repeat; who reads it decides what that means.</summary>
internal sealed class PickleDict
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>Attributes of the dictionary itself, such as the module versions of a state dictionary; null when it has none.</summary>
    public object? State { get; set; }

    /// <summary>The last value of a string key, or null.</summary>
    public object? Find(string key) => Entries.FindLast(entry => entry.Key is string text && text == key).Value;

    /// <summary>Whether a string key stands in the dictionary.</summary>
    public bool Contains(string key) => Entries.Exists(entry => entry.Key is string text && text == key);
}
