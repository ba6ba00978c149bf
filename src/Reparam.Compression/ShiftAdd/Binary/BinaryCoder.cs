using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Numerics;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Data-free binary coding of a matrix: w ≈ Σ α·s with signs s and scales α for each group of neighbouring columns, found by alternating
/// least squares for the scales with nearest-code assignment (Xu et al., ICLR 2018, arXiv 1802.00150; ShiftAddLLM, You et al., NeurIPS 2024, arXiv 2406.05981).
/// </summary>
/// <remarks>
/// The result depends on the weights and the options alone: not on the number of threads, nor on the width of the machine's vectors.
/// </remarks>
public static class BinaryCoder
{
    /// <summary>Codes a matrix.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="options">Bits, group and rounds.</param>
    /// <param name="tensor">Name of the tensor, for errors.</param>
    /// <param name="threads">Cores to use; 0, the default, for all.</param>
    /// <param name="cancellation">Ends the work within some thousand weights.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the number of weights is not rows × columns.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled.</exception>
    public static EncodedMatrix Encode(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options,
        string tensor = "weights", int threads = 0, CancellationToken cancellation = default)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Encode<Lanes512>(weights, rows, columns, options, tensor, threads, cancellation);
        }

        return Vector256.IsHardwareAccelerated
            ? Encode<Lanes256>(weights, rows, columns, options, tensor, threads, cancellation)
            : Encode<Lanes128>(weights, rows, columns, options, tensor, threads, cancellation);
    }

    /// <summary>Codes a matrix with a vector of choice.</summary>
    internal static EncodedMatrix Encode<T>(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options,
        string tensor = "weights", int threads = 0, CancellationToken cancellation = default)
        where T : unmanaged, ILanes<T>
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ShiftAddRanges.Require(options, ShiftAddLayout.Row);
        if (weights.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{weights.Length} weights do not fill {rows} × {columns}", nameof(weights));
        }

        var job = new EncodingJob<T>(weights, rows, columns, options, Normalization.Of(weights.Span, tensor));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation };
        Parallel.For(0, job.Blocks, parallel, job.AllocateWorkspace, job.Encode, EncodingJob<T>.FreeWorkspace);
        return job.Result();
    }
}
