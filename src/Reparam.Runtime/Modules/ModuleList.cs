using System.Collections;
using System.Globalization;

namespace Reparam.Runtime;

/// <summary>Modules in order; element i is named by its index. <c>foreach</c> over it allocates nothing.</summary>
/// <typeparam name="T">Type of the modules.</typeparam>
[Counterpart("TorchSharp.Modules.ModuleList`1")]
public sealed class ModuleList<T> : Module, IReadOnlyList<T>
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
