namespace Reparam.Runtime;

public partial class Tensor
{
    /// <summary>A contiguous tensor whose elements are not set.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="capacity">Elements of its memory, for views of what lies behind the tensor; at least its own are taken.</param>
    internal static Tensor Allocate(DType type, ReadOnlySpan<long> shape, int capacity = 0)
    {
        var pool = TensorPool.Local;
        var tensor = pool.RentTensor();
        var count = tensor.Lay(CheckShape(shape));
        tensor.Hold(pool.RentStorage(type, Math.Max(capacity, RequireCount(count, shape))), type, shape.Length);
        return tensor;
    }

    /// <summary>A tensor whose elements are not set, with strides that fill its memory without gaps.</summary>
    internal static Tensor Allocate(DType type, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var count = RequireCount(Layout.Count(CheckShape(shape)), shape);
        var pool = TensorPool.Local;
        var tensor = pool.RentTensor();
        tensor.Lay(shape, strides);
        tensor.Hold(pool.RentStorage(type, count), type, shape.Length);
        return tensor;
    }

    internal static Tensor Of(Scalar value, DType type)
    {
        var tensor = Allocate(type, []);
        tensor.Fill(value);
        return tensor;
    }

    internal Tensor ViewAs(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int start)
    {
        var data = Storage;
        var view = TensorPool.Local.RentTensor();
        view.Bind(data, dtype, shape, strides, start);
        return view;
    }

    /// <summary>The same memory seen as elements of another type; strides and start count those.</summary>
    internal Tensor ViewAs(DType type, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int start)
    {
        var data = Storage;
        var view = TensorPool.Local.RentTensor();
        view.Bind(data, type, shape, strides, start);
        return view;
    }

    internal int Dimension(long dim) => Layout.Dimension(dim, Rank);

    private static int RequireCount(long count, ReadOnlySpan<long> shape) => count <= Array.MaxLength
        ? (int)count
        : throw new ArgumentException($"A tensor of shape {Layout.Describe(shape)} has {count} elements; at most {Array.MaxLength} are possible.");

    private static ReadOnlySpan<long> CheckShape(ReadOnlySpan<long> shape)
    {
        if (shape.Length > Extents.MaxRank)
        {
            throw new ArgumentException($"A tensor has at most {Extents.MaxRank} dimensions; {Layout.Describe(shape)} has {shape.Length}.");
        }

        foreach (var size in shape)
        {
            if (size < 0)
            {
                throw new ArgumentException($"Invalid negative size in shape {Layout.Describe(shape)}.");
            }
        }

        return shape;
    }
}
