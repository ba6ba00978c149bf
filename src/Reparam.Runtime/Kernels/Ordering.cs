namespace Reparam.Runtime.Kernels;

/// <summary>
/// Order of the elements of a row. NaN counts as larger than any number; equal elements keep their order.
/// </summary>
internal static class Ordering
{
    /// <summary>Positions of the elements in ascending or descending order, along a dimension.</summary>
    public static Tensor Argsort(Tensor x, int dim, bool descending) => Hub(x.Dtype) switch
    {
        DType.Float32 => Rows.Map<float, long>(x.As(DType.Float32), dim, (row, result) => Sort(row, result, descending)),
        DType.Float64 => Rows.Map<double, long>(x, dim, (row, result) => Sort(row, result, descending)),
        _ => Rows.Map<long, long>(x.As(DType.Int64), dim, (row, result) => Sort(row, result, descending)),
    };

    /// <summary>Values and positions in order, along a dimension.</summary>
    public static (Tensor Values, Tensor Indices) Sort(Tensor x, int dim, bool descending)
    {
        var order = Argsort(x, dim, descending);
        return (Choosing.Gather(x, dim, order), order);
    }

    /// <summary>The distinct elements of a vector in ascending order, the place of each element among them, and how often each occurs.</summary>
    public static (Tensor Values, Tensor Inverse, Tensor Counts) Unique(Tensor x)
    {
        var flat = x.Reshape(-1);
        var (sorted, order) = Sort(flat, 0, false);
        var (values, places, counts) = Runs(sorted);
        var inverse = Tensor.Allocate(DType.Int64, [flat.Count]);
        var source = Pointwise.Flat<long>(places);
        var target = Pointwise.Flat<long>(inverse);
        var at = Pointwise.Flat<long>(order);
        for (var i = 0; i < at.Length; i++)
        {
            target[(int)at[i]] = source[i];
        }

        return (values, inverse.Reshape(x.Shape), counts);
    }

    /// <summary>The elements of a vector without those that equal the one before, the place of each element among them, and the lengths of the runs.</summary>
    public static (Tensor Values, Tensor Inverse, Tensor Counts) Runs(Tensor x)
    {
        var flat = x.Reshape(-1);
        var places = Tensor.Allocate(DType.Int64, [flat.Count]);
        var target = Pointwise.Flat<long>(places);
        var starts = new List<long>();
        var differs = flat.Count > 1 ? Pointwise.Flat<bool>(flat.Narrow(0, 1, flat.Count - 1).Ne(flat.Narrow(0, 0, flat.Count - 1)).AsContiguous()) : [];
        for (var i = 0; i < target.Length; i++)
        {
            if (i == 0 || differs[i - 1])
            {
                starts.Add(i);
            }

            target[i] = starts.Count - 1;
        }

        var counts = Tensor.Allocate(DType.Int64, [starts.Count]);
        var lengths = Pointwise.Flat<long>(counts);
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = (i + 1 < starts.Count ? starts[i + 1] : target.Length) - starts[i];
        }

        return (flat.IndexSelect(0, Torch.Tensor(starts.ToArray())), places.Reshape(x.Shape), counts);
    }

    /// <summary>The distinct parts along a dimension, in ascending order, or, where only neighbours are compared, in theirs.</summary>
    public static (Tensor Values, Tensor Inverse, Tensor Counts) UniqueParts(Tensor x, int dim, bool neighbours)
    {
        var length = (int)x.Shape[dim];
        var rows = x.Movedim([dim], [0]).Reshape(length, -1).As(DType.Float64).AsContiguous();
        var values = rows.ToArray<double>();
        var width = length == 0 ? 0 : values.Length / length;
        var order = Enumerable.Range(0, length).ToArray();
        int Compare(int a, int b) => values.AsSpan(a * width, width).SequenceCompareTo(values.AsSpan(b * width, width));
        if (!neighbours)
        {
            Array.Sort(order, (a, b) => Compare(a, b) is var difference && difference != 0 ? difference : a.CompareTo(b));
        }

        var (inverse, counts, kept) = (new long[length], new List<long>(), new List<long>());
        for (var i = 0; i < length; i++)
        {
            if (i == 0 || Compare(order[i - 1], order[i]) != 0)
            {
                kept.Add(order[i]);
                counts.Add(0);
            }

            counts[^1]++;
            inverse[order[i]] = kept.Count - 1;
        }

        return (x.IndexSelect(dim, Torch.Tensor(kept.ToArray())), Torch.Tensor(inverse), Torch.Tensor(counts.ToArray()));
    }

    /// <summary>For each value, how many elements of an ascending sequence lie before its place.</summary>
    /// <param name="sequence">[n], or with the leading dimensions of the values.</param>
    /// <param name="values">Any shape.</param>
    /// <param name="right">Whether a value comes after the elements that equal it.</param>
    public static Tensor Search(Tensor sequence, Tensor values, bool right)
    {
        if (sequence.Rank != 1 && (sequence.Rank != values.Rank || !sequence.Shape[..^1].SequenceEqual(values.Shape[..^1])))
        {
            throw new ArgumentException(
                $"searchsorted: the sequence {Layout.Describe(sequence.Shape)} must be a vector, or have the leading dimensions of the values "
                    + $"{Layout.Describe(values.Shape)}.");
        }

        var edges = Pointwise.Flat<double>(sequence.As(DType.Float64).AsContiguous());
        var wanted = Pointwise.Flat<double>(values.As(DType.Float64).AsContiguous());
        var result = Tensor.Allocate(DType.Int64, values.Shape);
        var target = Pointwise.Flat<long>(result);
        var length = (int)sequence.Shape[^1];
        var perRow = sequence.Rank == 1 ? Math.Max(1, target.Length) : (int)values.Shape[^1];
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = Place(edges.Slice(i / perRow * length, length), wanted[i], right);
        }

        return result;
    }

    public static DType Hub(DType type) => ElementTypes.Hub(type) switch
    {
        DType.Bool => DType.Int64,
        DType.ComplexFloat64 => throw Tensor.NotDefined("An order", type),
        var hub => hub,
    };

    private static int Place(ReadOnlySpan<double> edges, double value, bool right)
    {
        var (low, high) = (0, edges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (right ? !(edges[middle] > value) : !(edges[middle] >= value))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static void Sort<T>(ReadOnlySpan<T> row, Span<long> order, bool descending)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var keys = row.ToArray();
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        order.Sort((a, b) =>
        {
            var (x, y) = (keys[a], keys[b]);
            var (isNaN, otherIsNaN) = (T.IsNaN(x), T.IsNaN(y));
            var difference = isNaN || otherIsNaN ? isNaN.CompareTo(otherIsNaN) : x.CompareTo(y);
            difference = descending ? -difference : difference;
            return difference != 0 ? difference : a.CompareTo(b);
        });
    }
}
