namespace Reparam.Runtime.Kernels;

/// <summary>Puts tensors together.</summary>
internal static class Joining
{
    public static Tensor Cat(ReadOnlySpan<Tensor> tensors, long dim)
    {
        if (tensors.IsEmpty)
        {
            throw new ArgumentException("cat: a list of at least one tensor is expected.");
        }

        // A vector of no elements joins with anything, as in libtorch.
        var first = tensors[0];
        var type = first.Dtype;
        foreach (var tensor in tensors)
        {
            first = IsNothing(first) ? tensor : first;
            type = Tensor.Promote(type, tensor.Dtype);
            if (tensor.Rank == 0)
            {
                throw new ArgumentException("cat: a tensor without dimensions cannot be joined.");
            }
        }

        var at = first.Dimension(dim);
        Span<long> shape = stackalloc long[first.Rank];
        first.Shape.CopyTo(shape);
        shape[at] = 0;
        foreach (var tensor in tensors)
        {
            if (IsNothing(tensor))
            {
                continue;
            }

            if (tensor.Rank != first.Rank || !tensor.Shape[..at].SequenceEqual(first.Shape[..at])
                || !tensor.Shape[(at + 1)..].SequenceEqual(first.Shape[(at + 1)..]))
            {
                throw new ArgumentException(
                    $"cat: sizes must match except in dimension {at}, but are {Layout.Describe(first.Shape)} and {Layout.Describe(tensor.Shape)}.");
            }

            shape[at] += tensor.Shape[at];
        }

        var result = Tensor.Allocate(type, shape);
        long start = 0;
        foreach (var tensor in tensors)
        {
            if (!IsNothing(tensor))
            {
                Copying.Copy(tensor, result.Narrow(at, start, tensor.Shape[at]));
                start += tensor.Shape[at];
            }
        }

        return result;
    }

    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, long dim)
    {
        if (tensors.IsEmpty)
        {
            throw new ArgumentException("stack: a list of at least one tensor is expected.");
        }

        var first = tensors[0];
        var type = first.Dtype;
        foreach (var tensor in tensors)
        {
            type = Tensor.Promote(type, tensor.Dtype);
            if (!tensor.Shape.SequenceEqual(first.Shape))
            {
                throw new ArgumentException(
                    $"stack: all tensors must have one shape, but there are {Layout.Describe(first.Shape)} and {Layout.Describe(tensor.Shape)}.");
            }
        }

        var at = Layout.Dimension(dim, first.Rank + 1);
        Span<long> shape = stackalloc long[Tensor.CheckedRank(first.Rank + 1)];
        first.Shape[..at].CopyTo(shape);
        shape[at] = tensors.Length;
        first.Shape[at..].CopyTo(shape[(at + 1)..]);
        var result = Tensor.Allocate(type, shape);
        for (var i = 0; i < tensors.Length; i++)
        {
            Copying.Copy(tensors[i], result.Select(at, i));
        }

        return result;
    }

    public static Tensor Repeat(Tensor x, int dim, int times)
    {
        if (times == 1)
        {
            return x;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(times);
        Span<long> shape = stackalloc long[x.Rank];
        x.Shape.CopyTo(shape);
        shape[dim] *= times;
        var result = Tensor.Allocate(x.Dtype, shape);
        for (var i = 0; i < times; i++)
        {
            Copying.Copy(x, result.Narrow(dim, i * x.Shape[dim], x.Shape[dim]));
        }

        return result;
    }

    private static bool IsNothing(Tensor tensor) => tensor.Rank == 1 && tensor.Shape[0] == 0;
}
