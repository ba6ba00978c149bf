using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.SecondOrder;
using Reparam.Compression.ShiftAdd.Binary;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>What a matrix is coded under: second moments of its inputs, in the order in which its columns are coded.</summary>
internal sealed class CalibratedOrder
{
    // Measured: between weighing all columns alike and by what they cost; the table then also serves the targets that compensation makes.
    private const double ImportancePower = 0.75;

    private CalibratedOrder(LayerHessian moments, int[] groups, int[] columnAt, float[] hessian, Compensation compensation)
    {
        Moments = moments;
        Groups = groups;
        ColumnAt = columnAt;
        Hessian = hessian;
        Compensation = compensation;
        Importances = new float[columnAt.Length];
        for (var place = 0; place < columnAt.Length; place++)
        {
            Importances[columnAt[place]] = (float)Math.Pow(compensation.Pivots[place], ImportancePower);
        }
    }

    /// <summary>The second moments.</summary>
    public LayerHessian Moments { get; }

    /// <summary>The group at each place.</summary>
    public int[] Groups { get; }

    /// <summary>The column at each place; the columns of a group stay together.</summary>
    public int[] ColumnAt { get; }

    /// <summary>H in this order, damped, [columns, columns].</summary>
    public float[] Hessian { get; }

    /// <summary>Its factor, in this order.</summary>
    public Compensation Compensation { get; }

    /// <summary>[columns]: how much a squared error of each column counts where a column is looked at for itself.</summary>
    public float[] Importances { get; }

    /// <summary>The order of a layer; null where its second moments say nothing or no damping makes them positive definite.</summary>
    public static CalibratedOrder? Of(Gram gram, bool actOrder, int threads, CancellationToken cancellation)
    {
        if (LayerHessian.Of(gram) is not { } moments)
        {
            return null;
        }

        var blocks = ScaleBlocks.Of(1, gram.Columns, BinaryFormat.Row, GroupTile.Size);
        var groups = actOrder ? ActOrder.Blocks(gram, blocks.BlockColumns) : ActOrder.Natural(blocks.Count);
        var columns = actOrder ? ActOrder.Columns(gram, blocks.BlockColumns) : ActOrder.Natural(blocks.Columns);
        int[] columnAt = [.. groups.SelectMany(group => columns.AsSpan(blocks.Begin(group), blocks.Width(group)).ToArray())];
        return DampedFactor.TryCreate(moments, columnAt, ActOrder.Natural(columnAt.Length), threads, cancellation) is { } factor
            ? new CalibratedOrder(moments, groups, columnAt, factor.Hessian, factor.Compensation)
            : null;
    }
}
