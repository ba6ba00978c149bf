namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>Brings the elements of a strided view into the order of its shape.</summary>
internal static class StridedCopy
{
    /// <summary>Copies a tensor whose checked view starts at the source's position.</summary>
    /// <exception cref="EndOfStreamException">The source is shorter than the view.</exception>
    /// <exception cref="InvalidDataException">A view that is not contiguous spans more than an array holds.</exception>
    public static void Copy(Stream source, Stream destination, TorchTensor tensor, CancellationToken cancellationToken)
    {
        var elementSize = tensor.Storage.DType.BitSize() / 8;
        var extent = tensor.Extent;
        if (tensor.IsContiguous)
        {
            CopyBytes(source, destination, extent * elementSize, cancellationToken);
            return;
        }

        if (extent == 0)
        {
            return;
        }

        if (Math.Max(extent, tensor.Shape[^1]) > Array.MaxLength / elementSize)
        {
            throw new InvalidDataException(
                $"found a transposed or sliced tensor that spans {extent} elements, expected at most {Array.MaxLength / elementSize}");
        }

        var bytes = new byte[extent * elementSize];
        source.ReadExactly(bytes);
        var row = new byte[tensor.Shape[^1] * elementSize];
        var index = new long[tensor.Shape.Length - 1];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = 0;
            for (var axis = 0; axis < index.Length; axis++)
            {
                start += index[axis] * tensor.Strides[axis];
            }

            for (var i = 0; i < tensor.Shape[^1]; i++)
            {
                bytes.AsSpan((int)((start + (i * tensor.Strides[^1])) * elementSize), elementSize).CopyTo(row.AsSpan(i * elementSize));
            }

            destination.Write(row);
        }
        while (Advance(index, tensor));
    }

    /// <summary>Counts up, the last axis but one fastest; false behind the end.</summary>
    private static bool Advance(long[] index, TorchTensor tensor)
    {
        for (var axis = index.Length - 1; axis >= 0; axis--)
        {
            if (++index[axis] < tensor.Shape[axis])
            {
                return true;
            }

            index[axis] = 0;
        }

        return false;
    }

    private static void CopyBytes(Stream source, Stream destination, long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(count, 1 << 20)];
        while (count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(count, buffer.Length));
            source.ReadExactly(part);
            destination.Write(part);
            count -= part.Length;
        }
    }
}
