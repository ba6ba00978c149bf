using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>Finds the running stream of a layout.</summary>
internal static class RunningStreams
{
    /// <summary>Brings some neighbouring rows of a matrix into running form; null when the layout has no table kernel for the path and the precision.</summary>
    /// <exception cref="ArgumentException">A scale of the matrix is not finite.</exception>
    public static RunningStream? Create(CodedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision) => matrix switch
    {
        BinaryCodedMatrix { Layout: PackedLayout.Row } binary => new RowStream(RowBlock.Of(binary, first, rows), path, precision),
        _ => null,
    };
}
