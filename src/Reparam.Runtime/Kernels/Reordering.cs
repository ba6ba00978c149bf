namespace Reparam.Runtime.Kernels;

/// <summary>Elements in another order along dimensions.</summary>
internal static class Reordering
{
    /// <summary>Reverses the dimensions of a mask (one bit each).</summary>
    public static void Flip(Tensor x, Tensor result, int mask)
    {
        if (x.Count > 0)
        {
            Moving.Run(x.Dtype, new FlipMove(x, result, mask));
        }
    }

    /// <summary>Moves the positions of a dimension up; what leaves at the end comes in at the beginning.</summary>
    public static Tensor Roll(Tensor x, int dim, long shift)
    {
        var result = Tensor.Allocate(x.Dtype, x.Shape);
        if (x.Count == 0)
        {
            return result;
        }

        var size = x.Shape[dim];
        var start = ((shift % size) + size) % size;
        Copying.Copy(x.Narrow(dim, 0, size - start), result.Narrow(dim, start, size - start));
        Copying.Copy(x.Narrow(dim, size - start, start), result.Narrow(dim, 0, start));
        return result;
    }

    private readonly struct FlipMove(Tensor x, Tensor result, int mask) : IElementWork
    {
        public void Run<T>()
            where T : unmanaged
        {
            // Strides that run backwards from the last position.
            Span<long> strides = stackalloc long[x.Rank];
            var start = x.Offset;
            for (var i = 0; i < strides.Length; i++)
            {
                var reversed = ((mask >> i) & 1) != 0;
                strides[i] = reversed ? -x.Strides[i] : x.Strides[i];
                start += reversed ? (int)((x.Shape[i] - 1) * x.Strides[i]) : 0;
            }

            StridedLoop.Run(
                result.Shape, result.Strides, result.Offset, strides, start, strides, start,
                new Body<T>(result.Storage.Elements<T>(), x.Storage.Elements<T>()));
        }
    }

    private readonly ref struct Body<T>(Span<T> result, ReadOnlySpan<T> source) : IRowBody
        where T : unmanaged
    {
        private readonly Span<T> result = result;
        private readonly ReadOnlySpan<T> source = source;

        public void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            for (var i = 0; i < count; i++)
            {
                result[offset0 + (i * stride0)] = source[offset1 + (i * stride1)];
            }
        }
    }
}
