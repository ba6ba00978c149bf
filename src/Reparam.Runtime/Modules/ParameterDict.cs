using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Reparam.Runtime;

/// <summary>Weights by name, in the order in which they were added; the name in the checkpoint is the key.</summary>
[Counterpart("TorchSharp.Modules.ParameterDict")]
public class ParameterDict : Module, IDictionary<string, Parameter>, IList<(string, Parameter)>
{
    private readonly NamedItems<Parameter> items = new();

    /// <summary>An empty dictionary.</summary>
    [Counterpart(".ctor")]
    public ParameterDict()
        : base("ParameterDict")
    {
    }

    /// <summary>Number of weights.</summary>
    [Counterpart("Count")]
    public int Count => items.Count;

    /// <summary>False: weights can be added and removed.</summary>
    [Counterpart("IsReadOnly")]
    public bool IsReadOnly => false;

    /// <summary>The names in order.</summary>
    [Counterpart("Keys")]
    public ICollection<string> Keys => [.. items.Names];

    /// <summary>The weights in order.</summary>
    [Counterpart("Values")]
    public ICollection<Parameter> Values => [.. items.Values];

    /// <summary>The weight of a name; setting one that is not there adds it.</summary>
    /// <exception cref="KeyNotFoundException">There is none of the name.</exception>
    [Counterpart("Item")]
    public Parameter this[string key]
    {
        get => items[key];
        set => items[key] = value;
    }

    /// <summary>Name and weight at a position.</summary>
    [Counterpart("Item")]
    public (string, Parameter) this[int index]
    {
        get => items[index];
        set => items[index] = value;
    }

    /// <summary>Adds a weight at the end.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Add")]
    public void Add(string key, Parameter value) => items.Add(key, value);

    /// <summary>Adds a weight at the end.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Add")]
    public void Add((string, Parameter) item) => items.Add(item.Item1, item.Item2);

    /// <summary>Adds a weight at the end.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Add")]
    public void Add(KeyValuePair<string, Parameter> item) => items.Add(item.Key, item.Value);

    /// <summary>Puts a weight at a position; those from there on move up.</summary>
    /// <exception cref="ArgumentException">There is one of the name already.</exception>
    [Counterpart("Insert")]
    public void Insert(int index, (string, Parameter) item) => items.Insert(index, item.Item1, item.Item2);

    /// <summary>Takes out the weight of a name.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove(string key) => items.Remove(key);

    /// <summary>Takes a weight out.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove((string, Parameter) item) => items.Contains(item.Item1, item.Item2) && items.Remove(item.Item1);

    /// <summary>Takes a weight out.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove(KeyValuePair<string, Parameter> item) => Remove((item.Key, item.Value));

    /// <summary>Takes out the weight at a position.</summary>
    [Counterpart("RemoveAt")]
    public void RemoveAt(int index) => items.RemoveAt(index);

    /// <summary>Takes all weights out.</summary>
    [Counterpart("Clear")]
    public void Clear() => items.Clear();

    /// <summary>Whether there is a weight of a name.</summary>
    [Counterpart("ContainsKey")]
    public bool ContainsKey(string key) => items.IndexOf(key) >= 0;

    /// <summary>Whether a weight is there under a name.</summary>
    [Counterpart("Contains")]
    public bool Contains((string, Parameter) item) => items.Contains(item.Item1, item.Item2);

    /// <summary>Whether a weight is there under a name.</summary>
    [Counterpart("Contains")]
    public bool Contains(KeyValuePair<string, Parameter> item) => items.Contains(item.Key, item.Value);

    /// <summary>Position of a weight; −1 if it is not there.</summary>
    [Counterpart("IndexOf")]
    public int IndexOf((string, Parameter) item) => items.Contains(item.Item1, item.Item2) ? items.IndexOf(item.Item1) : -1;

    /// <summary>The weight of a name, if there is one.</summary>
    [Counterpart("TryGetValue")]
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => items.TryGet(key, out value);

    /// <summary>Copies names and weights into an array.</summary>
    [Counterpart("CopyTo")]
    public void CopyTo((string, Parameter)[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    /// <summary>Copies names and weights into an array.</summary>
    [Counterpart("CopyTo")]
    public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex)
    {
        foreach (var (name, item) in items)
        {
            array[arrayIndex++] = new KeyValuePair<string, Parameter>(name, item);
        }
    }

    /// <summary>The names in order.</summary>
    [Counterpart("keys")]
    public IEnumerable<string> EnumerateKeys() => items.Names;

    /// <summary>The weights in order.</summary>
    [Counterpart("values")]
    public IEnumerable<Parameter> EnumerateValues() => items.Values;

    /// <summary>Names and weights in order.</summary>
    [Counterpart("items")]
    public IEnumerator<(string, Parameter)> EnumerateItems() => items.GetEnumerator();

    /// <summary>Names and weights in order.</summary>
    [Counterpart("GetEnumerator")]
    public IEnumerator<(string, Parameter)> GetEnumerator() => items.GetEnumerator();

    IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator()
    {
        foreach (var (name, item) in items)
        {
            yield return new KeyValuePair<string, Parameter>(name, item);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        foreach (var (name, item) in items)
        {
            visitor.Parameter(name, item);
        }
    }
}
