namespace Reparam.Runtime.Kernels;

/// <summary>Walks up to three strided operands of one shape, row by row, with neighbouring dimensions merged where all allow it.</summary>
internal static class StridedLoop
{
    public static void Run<TBody>(
        ReadOnlySpan<long> shape,
        ReadOnlySpan<long> strides0, int offset0,
        ReadOnlySpan<long> strides1, int offset1,
        ReadOnlySpan<long> strides2, int offset2,
        TBody body)
        where TBody : IRowBody, allows ref struct
    {
        Span<int> size = stackalloc int[Extents.MaxRank];
        Span<int> s0 = stackalloc int[Extents.MaxRank];
        Span<int> s1 = stackalloc int[Extents.MaxRank];
        Span<int> s2 = stackalloc int[Extents.MaxRank];
        var rank = 0;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0)
            {
                return;
            }

            if (shape[i] == 1)
            {
                continue;
            }

            var (n, a, b, c) = ((int)shape[i], (int)strides0[i], (int)strides1[i], (int)strides2[i]);
            if (rank > 0 && s0[rank - 1] == a * n && s1[rank - 1] == b * n && s2[rank - 1] == c * n)
            {
                size[rank - 1] *= n;
                rank--;
            }
            else
            {
                size[rank] = n;
            }

            (s0[rank], s1[rank], s2[rank]) = (a, b, c);
            rank++;
        }

        if (rank == 0)
        {
            body.Row(1, offset0, 1, offset1, 1, offset2, 1);
            return;
        }

        var inner = rank - 1;
        Span<int> position = stackalloc int[Extents.MaxRank];
        position.Clear();
        while (true)
        {
            body.Row(size[inner], offset0, s0[inner], offset1, s1[inner], offset2, s2[inner]);
            var dim = inner - 1;
            while (dim >= 0)
            {
                offset0 += s0[dim];
                offset1 += s1[dim];
                offset2 += s2[dim];
                if (++position[dim] < size[dim])
                {
                    break;
                }

                offset0 -= s0[dim] * size[dim];
                offset1 -= s1[dim] * size[dim];
                offset2 -= s2[dim] * size[dim];
                position[dim] = 0;
                dim--;
            }

            if (dim < 0)
            {
                return;
            }
        }
    }
}
