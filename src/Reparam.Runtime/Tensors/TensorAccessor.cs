using System.Collections;

namespace Reparam.Runtime;

/// <summary>The elements of a tensor in the order of its dimensions, to be read and written.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
[Counterpart("TorchSharp.Utils.TensorAccessor`1")]
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly Tensor tensor;

    internal TensorAccessor(Tensor tensor)
    {
        if (ElementTypes.Of<T>() != tensor.Dtype)
        {
            throw new InvalidOperationException($"data: the elements are {tensor.Dtype}, not {typeof(T).Name}.");
        }

        this.tensor = tensor;
    }

    /// <summary>Number of elements.</summary>
    [Counterpart("Count")]
    public long Count => tensor.Count;

    /// <summary>One element: by its place in the order, or by a position in each dimension.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    [Counterpart("Item")]
    public T this[params ReadOnlySpan<long> indices]
    {
        get => tensor.Storage.Elements<T>()[Place(indices)];
        set => tensor.Storage.Elements<T>()[Place(indices)] = value;
    }

    /// <summary>The elements in order, as a new array.</summary>
    [Counterpart("ToArray")]
    public T[] ToArray() => tensor.ToArray<T>();

    /// <summary>Copies the elements, from a place in the order on.</summary>
    [Counterpart("CopyTo")]
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0) => ToArray().AsSpan((int)tensorIndex).CopyTo(array[arrayIndex..]);

    /// <summary>Overwrites elements, from a place in the order on.</summary>
    [Counterpart("CopyFrom")]
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        for (var i = 0; i < Math.Min(source.Length, Count - tensorIndex); i++)
        {
            this[tensorIndex + i] = source[i];
        }
    }

    /// <summary>The elements in order.</summary>
    [Counterpart("GetEnumerator")]
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Without effect: the tensor owns the elements.</summary>
    [Counterpart("Dispose")]
    public void Dispose()
    {
    }

    private int Place(ReadOnlySpan<long> indices)
    {
        long place = tensor.Offset;
        if (indices.Length == 1)
        {
            var rest = indices[0] >= 0 && indices[0] < Count ? indices[0] : throw Outside(indices);
            for (var i = tensor.Rank - 1; i >= 0; i--)
            {
                (rest, var position) = Math.DivRem(rest, tensor.Shape[i]);
                place += position * tensor.Strides[i];
            }

            return (int)place;
        }

        for (var i = 0; i < (indices.Length == tensor.Rank ? indices.Length : throw Outside(indices)); i++)
        {
            place += indices[i] >= 0 && indices[i] < tensor.Shape[i] ? indices[i] * tensor.Strides[i] : throw Outside(indices);
        }

        return (int)place;
    }

    private ArgumentOutOfRangeException Outside(ReadOnlySpan<long> indices) =>
        new(nameof(indices), $"A tensor of shape {Layout.Describe(tensor.Shape)} has no element {Layout.Describe(indices)}.");
}
