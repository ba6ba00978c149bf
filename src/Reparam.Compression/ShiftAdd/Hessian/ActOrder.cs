using Reparam.Compression.Calibration;

namespace Reparam.Compression.ShiftAdd.Hessian;

/// <summary>
/// The order in which columns are coded: blocks by falling second moment of their inputs, and so the columns of each block. Scales stay where they are, so nothing of the order is stored.
/// </summary>
internal static class ActOrder
{
    /// <summary>The column at each place when the columns of every block are sorted where they are.</summary>
    public static int[] Columns(Gram gram, ScaleBlocks blocks)
    {
        var columns = Natural(blocks.Columns);
        var diagonal = Diagonal(gram);
        for (var block = 0; block < blocks.Count; block++)
        {
            // The sort must be stable: equal inputs keep their order on every machine.
            columns.AsSpan(blocks.Begin(block), blocks.Width(block)).Sort(
                (left, right) => diagonal[right].CompareTo(diagonal[left]) is var order and not 0 ? order : left.CompareTo(right));
        }

        return columns;
    }

    /// <summary>Blocks by falling sum of their diagonal.</summary>
    public static int[] Blocks(Gram gram, ScaleBlocks blocks)
    {
        var diagonal = Diagonal(gram);
        var moments = new double[blocks.Count];
        for (var k = 0; k < diagonal.Length; k++)
        {
            moments[k / blocks.BlockColumns] += diagonal[k];
        }

        var order = Natural(blocks.Count);
        order.AsSpan().Sort((left, right) => moments[right].CompareTo(moments[left]) is var sign and not 0 ? sign : left.CompareTo(right));
        return order;
    }

    /// <summary>0, 1, 2 …</summary>
    public static int[] Natural(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        return order;
    }

    private static float[] Diagonal(Gram gram)
    {
        var diagonal = new float[gram.Columns];
        for (var k = 0; k < diagonal.Length; k++)
        {
            diagonal[k] = gram.Values.Span[k * gram.Columns + k];
        }

        return diagonal;
    }
}
