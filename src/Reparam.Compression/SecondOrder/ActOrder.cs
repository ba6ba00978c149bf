using Reparam.Compression.Calibration;

namespace Reparam.Compression.SecondOrder;

/// <summary>
/// The order in which columns are coded (GPTQ's act-order): blocks by falling second moment of their inputs, and the columns of a block likewise.
/// Scales stay where they are, so nothing of the order is stored.
/// </summary>
internal static class ActOrder
{
    /// <summary>The column at each place when the columns of every block are sorted where they are.</summary>
    /// <param name="gram">H, [columns, columns].</param>
    /// <param name="blockColumns">Columns of a block; the last one may be narrower.</param>
    public static int[] Columns(Gram gram, int blockColumns)
    {
        var columns = Natural(gram.Columns);
        var diagonal = Diagonal(gram);
        for (var begin = 0; begin < columns.Length; begin += blockColumns)
        {
            // Equal inputs keep their order on every machine.
            columns.AsSpan(begin, Math.Min(blockColumns, columns.Length - begin)).Sort(
                (left, right) => diagonal[right].CompareTo(diagonal[left]) is var order and not 0 ? order : left.CompareTo(right));
        }

        return columns;
    }

    /// <summary>Blocks by falling sum of their diagonal.</summary>
    /// <param name="gram">H, [columns, columns].</param>
    /// <param name="blockColumns">Columns of a block; the last one may be narrower.</param>
    public static int[] Blocks(Gram gram, int blockColumns)
    {
        var diagonal = Diagonal(gram);
        var moments = new double[(diagonal.Length + blockColumns - 1) / blockColumns];
        for (var k = 0; k < diagonal.Length; k++)
        {
            moments[k / blockColumns] += diagonal[k];
        }

        var order = Natural(moments.Length);
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
