using System.Collections;
using System.Globalization;

namespace Reparam.Runtime;

/// <summary>Modules in order; element i is named by its index. <c>foreach</c> over it allocates nothing.</summary>
/// <typeparam name="T">Type of the modules.</typeparam>
[Counterpart("TorchSharp.Modules.ModuleList`1")]
public class ModuleList<T> : Module, IList<T>, IReadOnlyList<T>
    where T : Module
{
    private readonly List<T> items;

    /// <summary>Takes the modules.</summary>
    [Counterpart(".ctor")]
    public ModuleList(params ReadOnlySpan<T> modules)
        : base(nameof(ModuleList<>))
    {
        items = [.. modules];
    }

    /// <summary>Number of modules.</summary>
    [Counterpart("Count")]
    public int Count => items.Count;

    /// <summary>False: modules can be added and removed.</summary>
    [Counterpart("IsReadOnly")]
    public bool IsReadOnly => false;

    /// <summary>The module at a position.</summary>
    [Counterpart("Item")]
    public T this[int index]
    {
        get => items[index];
        set => items[index] = value;
    }

    /// <summary>Adds a module at the end.</summary>
    [Counterpart("Add")]
    public void Add(T item) => items.Add(item);

    /// <summary>Adds modules at the end.</summary>
    [Counterpart("append")]
    public void Append(params ReadOnlySpan<T> parameters) => items.AddRange(parameters);

    /// <summary>Adds modules at the end.</summary>
    [Counterpart("extend")]
    public void Extend(IEnumerable<T> modules) => items.AddRange(modules);

    /// <summary>Puts a module at a position; those from there on move up.</summary>
    [Counterpart("Insert")]
    public void Insert(int index, T item) => items.Insert(index, item);

    /// <summary>Takes a module out.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove(T item) => items.Remove(item);

    /// <summary>Takes out the module at a position.</summary>
    [Counterpart("RemoveAt")]
    public void RemoveAt(int index) => items.RemoveAt(index);

    /// <summary>Takes all modules out.</summary>
    [Counterpart("Clear")]
    public void Clear() => items.Clear();

    /// <summary>Whether a module is in the list.</summary>
    [Counterpart("Contains")]
    public bool Contains(T item) => items.Contains(item);

    /// <summary>Position of a module; −1 if it is not in the list.</summary>
    [Counterpart("IndexOf")]
    public int IndexOf(T item) => items.IndexOf(item);

    /// <summary>Copies the modules into an array.</summary>
    [Counterpart("CopyTo")]
    public void CopyTo(T[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    /// <summary>The modules in order.</summary>
    [Counterpart("GetEnumerator")]
    public List<T>.Enumerator GetEnumerator() => items.GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        for (var i = 0; i < items.Count; i++)
        {
            visitor.Module(i.ToString(CultureInfo.InvariantCulture), items[i]);
        }
    }
}
