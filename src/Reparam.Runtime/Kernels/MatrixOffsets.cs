namespace Reparam.Runtime.Kernels;

/// <summary>The matrices of a batch, over any number of leading dimensions, and where each begins in the operands of attention.</summary>
internal sealed class MatrixOffsets
{
    private readonly int[] sizes = new int[Extents.MaxRank];
    private readonly (nint Query, nint Key, nint Value, nint Mask, nint Output)[] strides = new (nint, nint, nint, nint, nint)[Extents.MaxRank];
    private int rank;

    /// <summary>Number of matrices.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a new batch of one matrix.</summary>
    public void Clear()
    {
        rank = 0;
        Count = 1;
    }

    /// <summary>Adds a dimension, slowest first.</summary>
    public void Add(long size, long query, long key, long value, long mask, long output)
    {
        sizes[rank] = (int)size;
        strides[rank] = ((nint)query, (nint)key, (nint)value, (nint)mask, (nint)output);
        rank++;
        Count *= (int)size;
    }

    /// <summary>Where a matrix begins.</summary>
    public (nint Query, nint Key, nint Value, nint Mask, nint Output) Of(int matrix)
    {
        var (query, key, value, mask, output) = ((nint)0, (nint)0, (nint)0, (nint)0, (nint)0);
        for (var dim = rank - 1; dim >= 0; dim--)
        {
            var (rest, at) = dim == 0 ? (0, matrix) : Math.DivRem(matrix, sizes[dim]);
            ref readonly var step = ref strides[dim];
            query += at * step.Query;
            key += at * step.Key;
            value += at * step.Value;
            mask += at * step.Mask;
            output += at * step.Output;
            matrix = rest;
        }

        return (query, key, value, mask, output);
    }
}
