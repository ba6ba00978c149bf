using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>How the inputs of a matrix on uniform grids become integers, and which kernels multiply them.</summary>
internal sealed class IntegerPlan : InputPlan
{
    private const int SegmentColumns = 128;
    private const int RowsOfPass = 32;

    // Kernels are called once a segment. In shorter ones the calls would cost more than the products.
    private const int MinGroupColumns = 32;

    // All scales of a matrix are multiplied by one power of two. Those so much smaller than the largest would come near the smallest float.
    private const double MaxScaleRatio = 1L << 62;

    // 255·255 of them are within the range of integers.
    private const int MaxStaticColumns = 32768;

    /// <summary>Plans the products of a matrix.</summary>
    /// <param name="matrix">A matrix that <see cref="Fits"/>.</param>
    /// <param name="path">A path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="precision">A precision other than <see cref="KernelPrecision.Exact"/>, unless inputs have a grid.</param>
    /// <param name="inputs">The grid of the inputs, one for all of them; null where each row gets its own.</param>
    public IntegerPlan(UniformMatrix matrix, KernelPath path, KernelPrecision precision, UniformInputs? inputs)
        : this(matrix, UniformKernelTable.Find(path, matrix.Bits, inputs is not null || precision == KernelPrecision.Fast), precision, inputs)
    {
    }

    /// <summary>Plans products by given kernels.</summary>
    public IntegerPlan(UniformMatrix matrix, UniformKernelTable kernels, KernelPrecision precision, UniformInputs? inputs)
    {
        (Kernels, Inputs) = (kernels, inputs);
        Columns = matrix.Columns;
        Steps = inputs is null && (precision != KernelPrecision.Fast || !kernels.AreBytes) ? WordSteps : ByteSteps;
        Planes = Kernels.AreBytes && Steps > ByteSteps ? 2 : 1;
        Segments = UniformSegment.Cut(Columns, matrix.GroupColumns, inputs is null ? SegmentColumns : MaxStaticColumns);
    }

    /// <summary>The kernels.</summary>
    public UniformKernelTable Kernels { get; }

    public override int Columns { get; }

    public override int MaxRows => RowsOfPass;

    public override int Steps { get; }

    public override int Planes { get; }

    public override bool AreBytes => Kernels.AreBytes;

    public override UniformInputs? Inputs { get; }

    public override UniformSegment[] Segments { get; }

    public override int Together(int left) => Kernels.Together(left, Planes);

    /// <summary>Whether a matrix is best multiplied in integers. Says the same of all rows.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="inputs">The grid of its inputs, or null.</param>
    public static bool Fits(UniformMatrix matrix, UniformInputs? inputs) =>
        matrix.GroupColumns >= Math.Min(matrix.Columns, MinGroupColumns)
        && (inputs is null || (inputs.Channels == 1 && matrix.GroupColumns <= MaxStaticColumns))
        && HaveScalesOnePower(matrix);

    private static bool HaveScalesOnePower(UniformMatrix matrix)
    {
        double smallest = float.MaxValue, largest = 0;
        for (var row = 0; row < matrix.Rows; row++)
        {
            for (var group = 0; group < matrix.Groups; group++)
            {
                double scale = matrix.Scale(row, group);
                largest = Math.Max(largest, scale);
                smallest = scale > 0 ? Math.Min(smallest, scale) : smallest;
            }
        }

        return largest <= smallest * MaxScaleRatio;
    }
}
