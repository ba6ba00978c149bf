using System.Diagnostics.CodeAnalysis;

namespace Reparam.Runtime;

/// <summary>What a module holds directly of one sort, by name, as it is now. It is read only: a module is made of what its class names.</summary>
/// <typeparam name="TKey">Type of the names: <see cref="string"/>.</typeparam>
/// <typeparam name="TValue">A module, a weight, or a buffer with whether it is part of the checkpoint.</typeparam>
[Counterpart("TorchSharp.Utils.OrderedDict`2")]
public sealed class OrderedDict<TKey, TValue>
    where TKey : notnull
{
    private readonly List<(TKey Key, TValue Value)> items;

    internal OrderedDict(IEnumerable<(TKey, TValue)> items) => this.items = [.. items];

    /// <summary>Number of items.</summary>
    [Counterpart("Count")]
    public int Count => items.Count;

    /// <summary>The names in order.</summary>
    [Counterpart("Keys")]
    public ICollection<TKey> Keys => [.. items.Select(item => item.Key)];

    /// <summary>What the names stand for, in order.</summary>
    [Counterpart("Values")]
    public ICollection<TValue> Values => [.. items.Select(item => item.Value)];

    /// <summary>The item of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of the name.</exception>
    [Counterpart("Item")]
    public TValue this[TKey key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}' among {string.Join(", ", Keys)}.");

    /// <summary>Whether there is an item of a name.</summary>
    [Counterpart("ContainsKey")]
    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <summary>The item of a name, if there is one.</summary>
    [Counterpart("TryGetValue")]
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var index = items.FindIndex(item => item.Key.Equals(key));
        value = index < 0 ? default : items[index].Value;
        return index >= 0;
    }

    /// <summary>Takes nothing away: a module is made of what its class names.</summary>
    /// <exception cref="NotSupportedException">There is an item of the name.</exception>
    [Counterpart("Remove")]
    public bool Remove(TKey key) => !ContainsKey(key)
        ? false
        : throw new NotSupportedException($"'{key}' cannot be taken out of a run-time module: it is made of what its class names, and the checkpoint has it.");

    /// <summary>Names with what they stand for, in order.</summary>
    [Counterpart("GetEnumerator")]
    public IEnumerator<(TKey, TValue)> GetEnumerator() => items.GetEnumerator();
}
