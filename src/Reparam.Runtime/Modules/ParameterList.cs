using System.Collections;
using System.Globalization;

namespace Reparam.Runtime;

/// <summary>Weights in order; element i is named by its index.</summary>
[Counterpart("TorchSharp.Modules.ParameterList")]
public class ParameterList : Module, IList<Parameter>, IReadOnlyList<Parameter>
{
    private readonly List<Parameter> items;

    /// <summary>Takes the weights.</summary>
    [Counterpart(".ctor")]
    public ParameterList(params ReadOnlySpan<Parameter> parameters)
        : base(nameof(ParameterList))
    {
        items = [.. parameters];
    }

    /// <summary>Number of weights.</summary>
    [Counterpart("Count")]
    public int Count => items.Count;

    /// <summary>False: weights can be added and removed.</summary>
    [Counterpart("IsReadOnly")]
    public bool IsReadOnly => false;

    /// <summary>The weight at a position.</summary>
    [Counterpart("Item")]
    public Parameter this[int index]
    {
        get => items[index];
        set => items[index] = value;
    }

    /// <summary>Adds a weight at the end.</summary>
    [Counterpart("Add")]
    public void Add(Parameter item) => items.Add(item);

    /// <summary>Adds weights at the end.</summary>
    [Counterpart("append")]
    public void Append(params ReadOnlySpan<Parameter> parameters) => items.AddRange(parameters);

    /// <summary>Adds weights at the end.</summary>
    [Counterpart("extend")]
    public void Extend(IEnumerable<Parameter> parameters) => items.AddRange(parameters);

    /// <summary>Puts a weight at a position; those from there on move up.</summary>
    [Counterpart("Insert")]
    public void Insert(int index, Parameter item) => items.Insert(index, item);

    /// <summary>Takes a weight out.</summary>
    /// <returns>Whether it was there.</returns>
    [Counterpart("Remove")]
    public bool Remove(Parameter item) => items.Remove(item);

    /// <summary>Takes out the weight at a position.</summary>
    [Counterpart("RemoveAt")]
    public void RemoveAt(int index) => items.RemoveAt(index);

    /// <summary>Takes all weights out.</summary>
    [Counterpart("Clear")]
    public void Clear() => items.Clear();

    /// <summary>Whether a weight is in the list.</summary>
    [Counterpart("Contains")]
    public bool Contains(Parameter item) => items.Contains(item);

    /// <summary>Position of a weight; −1 if it is not in the list.</summary>
    [Counterpart("IndexOf")]
    public int IndexOf(Parameter item) => items.IndexOf(item);

    /// <summary>Copies the weights into an array.</summary>
    [Counterpart("CopyTo")]
    public void CopyTo(Parameter[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    /// <summary>The weights in order.</summary>
    [Counterpart("GetEnumerator")]
    public List<Parameter>.Enumerator GetEnumerator() => items.GetEnumerator();

    IEnumerator<Parameter> IEnumerable<Parameter>.GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        for (var i = 0; i < items.Count; i++)
        {
            visitor.Parameter(i.ToString(CultureInfo.InvariantCulture), items[i]);
        }
    }
}
