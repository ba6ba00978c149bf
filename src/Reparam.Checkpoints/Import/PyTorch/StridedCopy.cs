namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>Brings the elements of a strided view into the order of its shape, with a bounded part of the storage in memory.</summary>
/// <param name="source">The bytes of the storage.</param>
/// <param name="destination">Takes the elements.</param>
/// <param name="elementSize">Bytes of an element.</param>
/// <param name="transform">What is done to the elements before they are written; null for nothing.</param>
/// <param name="cancellationToken">Ends the copy.</param>
/// <param name="window">Bytes of the storage, and of the result, that are in memory at once.</param>
internal sealed class StridedCopy(
    FileRange source, Stream destination, int elementSize, Action<Span<byte>>? transform, CancellationToken cancellationToken,
    long window = StridedCopy.DefaultWindow)
{
    private const long DefaultWindow = 64L << 20;

    /// <summary>Copies a tensor whose view has no problem.</summary>
    public void Copy(TorchTensor tensor)
    {
        if (tensor.Shape.Contains(0))
        {
            return;
        }

        var start = (tensor.Storage.StartByte / elementSize) + tensor.Offset;
        if (tensor.IsContiguous)
        {
            var count = tensor.Shape.Aggregate(1L, (product, size) => product * size);
            source.Slice(start * elementSize, count * elementSize).ForEachPart(Write, cancellationToken);
            return;
        }

        Copy(start, tensor.Shape.AsSpan(), tensor.Strides.AsSpan());
    }

    private void Copy(long start, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var rowExtent = Extent(shape[1..], strides[1..]);
        if (rowExtent * elementSize <= window)
        {
            CopyByWindows(start, shape, strides, rowExtent);
            return;
        }

        var rowElements = Product(shape[1..]);
        var rows = Math.Min(shape[0], window / elementSize / rowElements);
        if (rows > 1 && strides[0] * rows * elementSize <= window)
        {
            CopyByColumns(start, shape, strides, rowElements, rows);
            return;
        }

        for (long row = 0; row < shape[0]; row++)
        {
            Copy(start + (row * strides[0]), shape[1..], strides[1..]);
        }
    }

    // As many rows at once as lie within one window.
    private void CopyByWindows(long start, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, long rowExtent)
    {
        var most = strides[0] == 0 ? shape[0] : Math.Min(shape[0], 1 + (((window / elementSize) - rowExtent) / strides[0]));
        var bytes = new byte[(((most - 1) * strides[0]) + rowExtent) * elementSize];
        var output = new ElementBuffer(Write, elementSize);
        for (long row = 0; row < shape[0]; row += most)
        {
            var rows = Math.Min(most, shape[0] - row);
            var part = bytes.AsSpan(0, (int)((((rows - 1) * strides[0]) + rowExtent) * elementSize));
            source.Read((start + (row * strides[0])) * elementSize, part);
            for (long i = 0; i < rows; i++)
            {
                Gather(part, i * strides[0], shape[1..], strides[1..], output);
            }
        }

        output.Flush();
    }

    // A transposed matrix: the elements of one column lie close together, those of one row far apart. A block of rows is read column by column.
    private void CopyByColumns(long start, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, long rowElements, long most)
    {
        var block = new byte[most * rowElements * elementSize];
        var column = new byte[(((most - 1) * strides[0]) + 1) * elementSize];
        var index = new long[shape.Length - 1];
        for (long row = 0; row < shape[0]; row += most)
        {
            var rows = Math.Min(most, shape[0] - row);
            var part = column.AsSpan(0, (int)((((rows - 1) * strides[0]) + 1) * elementSize));
            for (long place = 0; place < rowElements; place++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var offset = start + (row * strides[0]);
                for (var axis = 0; axis < index.Length; axis++)
                {
                    offset += index[axis] * strides[axis + 1];
                }

                source.Read(offset * elementSize, part);
                for (long i = 0; i < rows; i++)
                {
                    part.Slice((int)(i * strides[0] * elementSize), elementSize).CopyTo(block.AsSpan((int)(((i * rowElements) + place) * elementSize)));
                }

                Advance(index, shape[1..]);
            }

            Write(block.AsSpan(0, (int)(rows * rowElements * elementSize)));
        }
    }

    private void Gather(ReadOnlySpan<byte> bytes, long start, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, ElementBuffer output)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (shape.IsEmpty)
        {
            output.Add(bytes.Slice((int)(start * elementSize), elementSize));
        }
        else if (shape.Length == 1 && strides[0] == 1)
        {
            output.Add(bytes.Slice((int)(start * elementSize), (int)(shape[0] * elementSize)));
        }
        else
        {
            for (long i = 0; i < shape[0]; i++)
            {
                Gather(bytes, start + (i * strides[0]), shape[1..], strides[1..], output);
            }
        }
    }

    private void Write(Span<byte> elements)
    {
        transform?.Invoke(elements);
        destination.Write(elements);
    }

    private static void Advance(long[] index, ReadOnlySpan<long> shape)
    {
        for (var axis = index.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
        {
            index[axis] = 0;
        }
    }

    private static long Extent(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        long last = 0;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            last += (shape[axis] - 1) * strides[axis];
        }

        return last + 1;
    }

    private static long Product(ReadOnlySpan<long> shape)
    {
        long product = 1;
        foreach (var size in shape)
        {
            product *= size;
        }

        return product;
    }

    /// <summary>Collects elements into larger writes.</summary>
    private sealed class ElementBuffer(Action<Span<byte>> write, int elementSize)
    {
        private readonly byte[] bytes = new byte[(1 << 16) / elementSize * elementSize];
        private int filled;

        public void Add(ReadOnlySpan<byte> elements)
        {
            while (!elements.IsEmpty)
            {
                var count = Math.Min(elements.Length, bytes.Length - filled);
                elements[..count].CopyTo(bytes.AsSpan(filled));
                filled += count;
                elements = elements[count..];
                if (filled == bytes.Length)
                {
                    Flush();
                }
            }
        }

        public void Flush()
        {
            write(bytes.AsSpan(0, filled));
            filled = 0;
        }
    }
}
