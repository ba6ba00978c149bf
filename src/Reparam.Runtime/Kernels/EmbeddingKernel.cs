namespace Reparam.Runtime.Kernels;

/// <summary>Looks up rows of a dense or packed table.</summary>
internal static class EmbeddingKernel
{
    public static Tensor Run(Tensor input, Tensor weight)
    {
        if (input.Dtype is not (DType.Int64 or DType.Int32))
        {
            throw new ArgumentException($"embedding: indices must be Int64 or Int32, but are {input.Dtype}.");
        }

        input = input.As(DType.Int64);

        if (weight.Rank != 2)
        {
            throw new ArgumentException($"embedding: the table must have two dimensions, but has shape {Layout.Describe(weight.Shape)}.");
        }

        var (entries, width) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        Span<long> shape = stackalloc long[Tensor.CheckedRank(input.Rank + 1)];
        input.Shape.CopyTo(shape);
        shape[^1] = width;
        var result = Tensor.Allocate(DType.Float32, shape);
        var indices = Pointwise.Flat<long>(input.AsContiguous());
        var rows = Pointwise.Flat<float>(result);
        var packed = (weight as Parameter)?.Packed;
        var table = packed is null ? Pointwise.Flat<float>(weight.As(DType.Float32).AsContiguous()) : default;
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            if (index < 0 || index >= entries)
            {
                throw new ArgumentOutOfRangeException(nameof(input), index, $"embedding: index {index} is outside the table of {entries} entries.");
            }

            var row = rows.Slice(i * width, width);
            if (packed is null)
            {
                table.Slice((int)index * width, width).CopyTo(row);
            }
            else if (i > 0 && index == indices[i - 1])
            {
                // Runs of one index are usual: the segments of a text, or padding.
                rows.Slice((i - 1) * width, width).CopyTo(row);
            }
            else
            {
                packed[0].DecodeRow((int)index, row);
            }
        }

        return result;
    }
}
