using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Reparam.Runtime;

/// <summary>Modules by name, in the order in which they were added; the name in the checkpoint is the key.</summary>
/// <typeparam name="T">Type of the modules.</typeparam>
[Counterpart("TorchSharp.Modules.ModuleDict`1")]
public class ModuleDict<T> : Module, IDictionary<string, T>, IList<(string, T)>
    where T : Module
{
    private readonly NamedItems<T> items = new();

    /// <summary>An empty dictionary.</summary>
    [Counterpart(".ctor")]
    public ModuleDict()
        : base("ModuleDict")
    {
    }

    /// <summary>Number of modules.</summary>
    [Counterpart("Count")]
    public int Count => items.Count;

    /// <summary>False: modules can be added and removed.</summary>
    [Counterpart("IsReadOnly")]
    public bool IsReadOnly => false;

    /// <summary>The names in order.</summary>
    [Counterpart("Keys")]
    public ICollection<string> Keys => [.. items.Names];

    /// <summary>The modules in order.</summary>
    [Counterpart("Values")]
    public ICollection<T> Values => [.. items.Values];

    /// <summary>The module of a name; setting one that is not there adds it.</summary>
    /// <exception cref="KeyNotFoundException">There is none of the name.</exception>
    [Counterpart("Item")]
    public T this[string key]
    {
        get => items[key];
        set => items[key] = value;
    }

    /// <summary>Name and module at a position.</summary>
    [Counterpart("Item")]
    public (string, T) this[int index]
    {
        get => items[index];
        set => items[index] = value;
    }

    /// <summary>Adds a module at the end.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Add")]
    public void Add(string key, T value) => items.Add(key, value);

    /// <summary>Adds a module at the end.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Add")]
    public void Add((string, T) item) => items.Add(item.Item1, item.Item2);

    /// <summary>Adds a module at the end.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Add")]
    public void Add(KeyValuePair<string, T> item) => items.Add(item.Key, item.Value);

    /// <summary>Puts a module at a position; those from there on move up.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Insert")]
    public void Insert(int index, (string, T) item) => items.Insert(index, item.Item1, item.Item2);

    /// <summary>Takes out the module of a name.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove(string key) => items.Remove(key);

    /// <summary>Takes a module out.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove((string, T) item) => items.Contains(item.Item1, item.Item2) && items.Remove(item.Item1);

    /// <summary>Takes a module out.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove(KeyValuePair<string, T> item) => Remove((item.Key, item.Value));

    /// <summary>Takes out the module at a position.</summary>
    [Counterpart("RemoveAt")]
    public void RemoveAt(int index) => items.RemoveAt(index);

    /// <summary>Takes all modules out.</summary>
    [Counterpart("Clear")]
    public void Clear() => items.Clear();

    /// <summary>Whether there is a module of a name.</summary>
    [Counterpart("ContainsKey")]
    public bool ContainsKey(string key) => items.IndexOf(key) >= 0;

    /// <summary>Whether a module is there under a name.</summary>
    [Counterpart("Contains")]
    public bool Contains((string, T) item) => items.Contains(item.Item1, item.Item2);

    /// <summary>Whether a module is there under a name.</summary>
    [Counterpart("Contains")]
    public bool Contains(KeyValuePair<string, T> item) => items.Contains(item.Key, item.Value);

    /// <summary>Position of a module; −1 if it is not there.</summary>
    [Counterpart("IndexOf")]
    public int IndexOf((string, T) item) => items.Contains(item.Item1, item.Item2) ? items.IndexOf(item.Item1) : -1;

    /// <summary>The module of a name, if there is one.</summary>
    [Counterpart("TryGetValue")]
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => items.TryGet(key, out value);

    /// <summary>Copies names and modules into an array.</summary>
    [Counterpart("CopyTo")]
    public void CopyTo((string, T)[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    /// <summary>Copies names and modules into an array.</summary>
    [Counterpart("CopyTo")]
    public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex)
    {
        foreach (var (name, item) in items)
        {
            array[arrayIndex++] = new KeyValuePair<string, T>(name, item);
        }
    }

    /// <summary>The names in order.</summary>
    [Counterpart("keys")]
    public IEnumerable<string> EnumerateKeys() => items.Names;

    /// <summary>The modules in order.</summary>
    [Counterpart("values")]
    public IEnumerable<T> EnumerateValues() => items.Values;

    /// <summary>Names and modules in order.</summary>
    [Counterpart("items")]
    public IEnumerator<(string, T)> EnumerateItems() => items.GetEnumerator();

    /// <summary>Names and modules in order.</summary>
    [Counterpart("GetEnumerator")]
    public IEnumerator<(string, T)> GetEnumerator() => items.GetEnumerator();

    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator()
    {
        foreach (var (name, item) in items)
        {
            yield return new KeyValuePair<string, T>(name, item);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        foreach (var (name, item) in items)
        {
            visitor.Module(name, item);
        }
    }
}
