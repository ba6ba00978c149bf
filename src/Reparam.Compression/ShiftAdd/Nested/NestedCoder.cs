using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.SecondOrder;
using Reparam.Compression.ShiftAdd.Binary;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Coding in nested profiles: every 16 columns of a row choose amplitudes and an offset from a learned table, under a super-scale for a larger block;
/// docs/engineering/shiftadd.md, Nested profiles.
/// </summary>
/// <remarks>
/// The result depends on the weights, the options, the calibration and the tables alone: not on the number of threads, nor on the width of the machine's
/// vectors.
/// </remarks>
internal static class NestedCoder
{
    /// <summary>Codes a matrix.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="options">Bits, quality, seed and what calibrated coding does.</param>
    /// <param name="calibration">Second moments of the layer's inputs; null codes by weight error alone.</param>
    /// <param name="tables">Tables that small matrices share; null for a table of the matrix's own.</param>
    /// <param name="tensor">Name of the tensor, for errors.</param>
    /// <param name="threads">Cores to use; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The number of weights is not rows × columns, or the second moments are of another number of columns.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled.</exception>
    public static CodedLayer Encode(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, LayerCalibration? calibration = null, SharedTables? tables = null,
        string tensor = "weights", int threads = 0, CancellationToken cancellation = default)
    {
        var target = calibration?.Target ?? weights;
        LayerCalibration.RequireFit(calibration, weights, rows, columns);
        var parallel = Parallel(threads, cancellation);
        var source = new NestedSource(target, NestedShape.Of(rows, columns, options.Bits), tensor);
        var order = calibration is null ? null : CalibratedOrder.Of(calibration.Gram, options.ActOrder, threads, cancellation);
        var weighed = order is null ? source : source with { ColumnImportances = order.Importances };
        var table = tables?.Find(source.Shape, options, parallel) ?? Learn([weighed], options, parallel);
        var coded = Encode(source, table, options, parallel);
        if (calibration is null)
        {
            return coded;
        }

        coded = order is null
            ? Uncalibrated(coded, target.Span, calibration.Gram, tensor, cancellation)
            : Encode(weighed, order, table, coded, options, parallel);
        if (order is not null && options is { Quality: CodingQuality.Best, ActOrder: true })
        {
            // Which order does better depends on the inputs.
            var natural = CalibratedOrder.Of(calibration.Gram, actOrder: false, threads, cancellation);
            coded = natural is null ? coded : Encode(weighed, natural, table, coded, options, parallel);
        }

        return calibration.Target is null ? coded : coded.AgainstOwnWeights(weights.Span);
    }

    /// <summary>Learns a table for matrices of one number of planes, of a size that all their weights together can bear.</summary>
    public static ProfileTable Learn(IReadOnlyList<NestedSource> sources, ShiftAddAttribute options, ParallelOptions parallel)
    {
        var indexBits = NestedShape.IndexBits(options.Bits, sources.Sum(source => source.Shape.Weights));
        if (Vector512.IsHardwareAccelerated)
        {
            return Learn<Lanes512>(sources, indexBits, options, parallel);
        }

        return Vector256.IsHardwareAccelerated
            ? Learn<Lanes256>(sources, indexBits, options, parallel)
            : Learn<Lanes128>(sources, indexBits, options, parallel);
    }

    /// <summary>Learns a table with a vector of choice.</summary>
    public static ProfileTable Learn<T>(IReadOnlyList<NestedSource> sources, int indexBits, ShiftAddAttribute options, ParallelOptions parallel)
        where T : unmanaged, ILanes<T>
    {
        var effort = NestedEffort.Of(options.Quality);
        return options.Bits switch
        {
            1 => TableSample<T>.Learn<OnePlane>(sources, indexBits, effort, options.Seed, parallel),
            2 => TableSample<T>.Learn<TwoPlanes>(sources, indexBits, effort, options.Seed, parallel),
            3 => TableSample<T>.Learn<ThreePlanes>(sources, indexBits, effort, options.Seed, parallel),
            _ => TableSample<T>.Learn<FourPlanes>(sources, indexBits, effort, options.Seed, parallel),
        };
    }

    /// <summary>Codes a matrix by weight error alone, with a vector of choice.</summary>
    public static CodedLayer Encode<T>(NestedSource source, ProfileTable table, ShiftAddAttribute options, ParallelOptions parallel)
        where T : unmanaged, ILanes<T> =>
        table.Bits switch
        {
            1 => Encode<T, OnePlane>(source, table, options, parallel),
            2 => Encode<T, TwoPlanes>(source, table, options, parallel),
            3 => Encode<T, ThreePlanes>(source, table, options, parallel),
            _ => Encode<T, FourPlanes>(source, table, options, parallel),
        };

    /// <summary>Threads and cancellation.</summary>
    public static ParallelOptions Parallel(int threads, CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation };

    private static CodedLayer Encode(NestedSource source, ProfileTable table, ShiftAddAttribute options, ParallelOptions parallel)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Encode<Lanes512>(source, table, options, parallel);
        }

        return Vector256.IsHardwareAccelerated ? Encode<Lanes256>(source, table, options, parallel) : Encode<Lanes128>(source, table, options, parallel);
    }

    // The better of another coding and one under H.
    private static CodedLayer Encode(
        NestedSource source, CalibratedOrder order, ProfileTable table, CodedLayer other, ShiftAddAttribute options, ParallelOptions parallel) =>
        options.Bits switch
        {
            1 => new CalibratedCoder<OnePlane>(source, order, options, parallel).Encode(table, other),
            2 => new CalibratedCoder<TwoPlanes>(source, order, options, parallel).Encode(table, other),
            3 => new CalibratedCoder<ThreePlanes>(source, order, options, parallel).Encode(table, other),
            _ => new CalibratedCoder<FourPlanes>(source, order, options, parallel).Encode(table, other),
        };

    private static CodedLayer Encode<T, TPlanes>(NestedSource source, ProfileTable table, ShiftAddAttribute options, ParallelOptions parallel)
        where T : unmanaged, ILanes<T>
        where TPlanes : struct, IPlanes
    {
        var job = new NestedJob<T, TPlanes>(source, table, NestedEffort.Of(options.Quality));
        System.Threading.Tasks.Parallel.For(
            0, job.Parts, parallel, job.AllocateWorkspace, (part, _, workspace) => job.Encode(part, workspace), static workspace => workspace.Dispose());
        return job.Result();
    }

    private static CodedLayer Uncalibrated(CodedLayer coded, ReadOnlySpan<float> target, Gram gram, string tensor, CancellationToken cancellation)
    {
        var (error, norm) = QuadraticForm.OfErrorAndNorm(target, coded.Matrix.Decode(), gram, cancellation);
        return coded with
        {
            SquaredOutputError = error,
            SquaredOutputNorm = norm,
            Warning = CompressionDiagnostics.UnusableCalibration.With(
                tensor, "the matrix of its second moments is zero, or cannot be factored even with its whole mean diagonal added"),
        };
    }
}
