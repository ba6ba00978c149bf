using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>Finds the running stream of a layout.</summary>
internal static class RunningStreams
{
    /// <summary>Brings some neighbouring rows of a matrix into running form; null when the layout has no table kernel for the path and the precision.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="path">The kernel path.</param>
    /// <param name="precision">How inputs enter the products.</param>
    /// <param name="stored">The stream of these rows from a file, taken instead of a repack when it fits; null for none.</param>
    /// <exception cref="ArgumentException">A scale of the matrix is not finite.</exception>
    public static PrepackedWeights? Create(CodedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision, StoredPrepack? stored = null) => matrix switch
    {
        BinaryCodedMatrix { Layout: PackedLayout.Row } binary => new PrepackedRows(RowBlock.Of(binary, first, rows), path, precision, stored),
        BinaryCodedMatrix binary when precision != KernelPrecision.Exact && binary.BlockRows >= binary.Rows && PrepackedSigns.Fits(binary) =>
            new PrepackedSigns(ScaleRange.RequireFinite(binary), first, rows, path, precision, stored),
        BinaryCodedMatrix binary => PrepackedBlock8.Create(binary, first, rows, path, precision, stored),
        CodebookMatrix codebook when precision != KernelPrecision.Exact => new PrepackedCodebook(codebook, first, rows, path, precision, stored),
        NestedMatrix nested => PrepackedNested.Create(nested, first, rows, path, precision, stored),
        _ => null,
    };
}
