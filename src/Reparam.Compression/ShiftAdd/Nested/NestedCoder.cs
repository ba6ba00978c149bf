using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd.Lanes;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Coding in nested profiles: every 16 columns of a row choose amplitudes and an offset from a learned table, under a super-scale for a larger block; docs/methods/shiftadd.md.
/// </summary>
/// <remarks>The result depends on the weights, the options and the table alone: not on the number of threads, nor on the width of the machine's vectors.</remarks>
internal static class NestedCoder
{
    /// <summary>Codes a matrix by weight error alone.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="options">Bits, quality and seed.</param>
    /// <param name="table">The table to use; null to learn one.</param>
    /// <param name="tensor">Name of the tensor, for errors.</param>
    /// <param name="threads">Cores to use; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The number of weights is not rows × columns, or the table is for another number of planes.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled.</exception>
    public static CodedLayer Encode(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddOptions options, ProfileTable? table = null,
        string tensor = "weights", int threads = 0, CancellationToken cancellation = default)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Encode<Lanes512>(weights, rows, columns, options, table, tensor, threads, cancellation);
        }

        return Vector256.IsHardwareAccelerated
            ? Encode<Lanes256>(weights, rows, columns, options, table, tensor, threads, cancellation)
            : Encode<Lanes128>(weights, rows, columns, options, table, tensor, threads, cancellation);
    }

    /// <summary>Codes a matrix with a vector of choice.</summary>
    public static CodedLayer Encode<T>(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddOptions options, ProfileTable? table = null,
        string tensor = "weights", int threads = 0, CancellationToken cancellation = default)
        where T : unmanaged, ILanes<T> =>
        options.Bits switch
        {
            1 => Encode<T, OnePlane>(weights, rows, columns, options, table, tensor, threads, cancellation),
            2 => Encode<T, TwoPlanes>(weights, rows, columns, options, table, tensor, threads, cancellation),
            3 => Encode<T, ThreePlanes>(weights, rows, columns, options, table, tensor, threads, cancellation),
            _ => Encode<T, FourPlanes>(weights, rows, columns, options, table, tensor, threads, cancellation),
        };

    private static CodedLayer Encode<T, TPlanes>(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddOptions options, ProfileTable? table,
        string tensor, int threads, CancellationToken cancellation)
        where T : unmanaged, ILanes<T>
        where TPlanes : struct, IPlanes
    {
        var source = new NestedSource(weights, NestedShape.Of(rows, columns, options.Bits), Normalization.Of(weights.Span, tensor));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation };
        var effort = NestedEffort.Of(options.Quality);
        table ??= TableSample<T>.Learn<TPlanes>([source], NestedShape.IndexBits(options.Bits), effort, options.Seed, parallel);
        var job = new NestedJob<T, TPlanes>(source, table, effort);
        Parallel.For(0, job.Parts, parallel, job.TakeRoom, (part, _, room) => job.Encode(part, room), static room => room.Dispose());
        return job.Result();
    }
}
