using System.Diagnostics.CodeAnalysis;

namespace Reparam.Runtime;

/// <summary>Items with names, in the order in which they were added.</summary>
internal sealed class NamedItems<T>
    where T : class
{
    private readonly List<(string Name, T Item)> items = [];

    public int Count => items.Count;

    public IEnumerable<string> Names => items.Select(item => item.Name);

    public IEnumerable<T> Values => items.Select(item => item.Item);

    public (string Name, T Item) this[int index]
    {
        get => items[index];
        set => items[index] = value;
    }

    /// <summary>The item of a name; setting one that is not there adds it.</summary>
    /// <exception cref="KeyNotFoundException">There is no item of the name.</exception>
    public T this[string name]
    {
        get => TryGet(name, out var item) ? item : throw new KeyNotFoundException($"There is no '{name}' among {string.Join(", ", Names)}.");
        set
        {
            if (IndexOf(name) is >= 0 and var index)
            {
                items[index] = (name, value);
            }
            else
            {
                items.Add((name, value));
            }
        }
    }

    /// <summary>Adds an item at the end.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    public void Add(string name, T item)
    {
        RequireNew(name);
        items.Add((name, item));
    }

    /// <summary>Puts an item at a position.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    public void Insert(int index, string name, T item)
    {
        RequireNew(name);
        items.Insert(index, (name, item));
    }

    public bool Remove(string name) => items.RemoveAll(item => item.Name == name) > 0;

    public void RemoveAt(int index) => items.RemoveAt(index);

    public void Clear() => items.Clear();

    public int IndexOf(string name) => items.FindIndex(item => item.Name == name);

    public bool Contains(string name, T item) => TryGet(name, out var found) && ReferenceEquals(found, item);

    public bool TryGet(string name, [MaybeNullWhen(false)] out T item)
    {
        var index = IndexOf(name);
        item = index < 0 ? null : items[index].Item;
        return index >= 0;
    }

    public void CopyTo((string Name, T Item)[] array, int start) => items.CopyTo(array, start);

    public List<(string Name, T Item)>.Enumerator GetEnumerator() => items.GetEnumerator();

    private void RequireNew(string name)
    {
        if (IndexOf(name) >= 0)
        {
            throw new ArgumentException($"There is a '{name}' already.", nameof(name));
        }
    }
}
