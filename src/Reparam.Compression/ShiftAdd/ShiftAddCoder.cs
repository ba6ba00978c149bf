using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd.Binary;
using Reparam.Compression.ShiftAdd.Codebook;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.ShiftAdd;

/// <summary>Codes one weight in the layout that its options ask for, or in another where an outlier would cost too much there.</summary>
public static class ShiftAddCoder
{
    /// <summary>Codes a matrix. The bytes depend on the weights, the options and the calibration alone, not on threads or the machine's vectors.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="options">Layout, bits and the rest.</param>
    /// <param name="calibration">Second moments of the layer's inputs; null codes by weight error alone.</param>
    /// <param name="tensor">Name of the weight, for messages.</param>
    /// <param name="threads">Cores to use; 0, the default, for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="tables">Tables that small matrices in nested profiles or overlapped codebooks share; null gives each one of its own.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the number of weights is not rows × columns.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled.</exception>
    public static CodedLayer Encode(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, LayerCalibration? calibration = null,
        string tensor = "weights", int threads = 0, CancellationToken cancellation = default, SharedTables? tables = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var coded = EncodeIn(options.Layout, weights, rows, columns, options, calibration, tensor, threads, cancellation, tables);
        return OutlierGuard.Check(
            coded, calibration?.Target ?? weights, rows, columns, options, tensor,
            layout => EncodeIn(layout, weights, rows, columns, options, calibration, tensor, threads, cancellation, tables));
    }

    /// <summary>The same in a layout that takes the place of the options', whatever its outliers lose.</summary>
    internal static CodedLayer EncodeIn(
        ShiftAddLayout layout, ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, LayerCalibration? calibration = null,
        string tensor = "weights", int threads = 0, CancellationToken cancellation = default, SharedTables? tables = null)
    {
        ShiftAddRanges.Require(options, layout);
        switch (layout)
        {
            case ShiftAddLayout.Row when calibration is null:
                var encoded = BinaryCoder.Encode(weights, rows, columns, options, tensor, threads, cancellation);
                return new CodedLayer(encoded.Matrix, encoded.SquaredError, encoded.SquaredNorm);
            case ShiftAddLayout.Row or ShiftAddLayout.Column or ShiftAddLayout.Block8:
                return BlockCoder.Encode(layout, weights, rows, columns, options, calibration, tensor, threads, cancellation);
            case ShiftAddLayout.Nested:
                return NestedCoder.Encode(weights, rows, columns, options, calibration, tables, tensor, threads, cancellation);
            case ShiftAddLayout.Codebook:
                return CodebookCoder.Encode(weights, rows, columns, options, calibration, tables, tensor, threads, cancellation);
            case ShiftAddLayout.Auto:
                return AutoLayout.Encode(weights, rows, columns, options, calibration, tables, tensor, threads, cancellation);
            default:
                throw new ArgumentException($"the layout {layout} has no coder");
        }
    }
}
