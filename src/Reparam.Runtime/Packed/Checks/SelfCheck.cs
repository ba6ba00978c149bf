using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Runs the canaries of a packed file on every kernel path that this machine has, in every precision, as a load does on one of them. Whoever writes a file
/// finds out so that it loads, whatever the environment of the app says.
/// </summary>
/// <remarks>
/// A layer costs ten products of its first 64 rows: all that canaries look at, in blocks that a kernel interleaves. Where many input rows take kernels of their
/// own, these are checked with as few of them as take these kernels. That is little beside coding the layer, and it does not grow with its rows.
/// </remarks>
internal static class SelfCheck
{
    // Rows enough for every kernel that interleaves some blocks of sixteen.
    private const int MaxRows = 64;

    /// <summary>Checks a packed file.</summary>
    /// <param name="packed">The file.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">A layer is not in canonical form, or a product differs by more than a right kernel may owe.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Run(PackedFile packed, CancellationToken cancellation)
    {
        // Alone: a pool for all would settle its number of threads for the process.
        var pool = new WorkerPool(threads: 1);
        var paths = Enum.GetValues<KernelPath>().Where(PackedKernels.IsSupported).ToArray();
        foreach (var canary in packed.Canaries)
        {
            LayerMemory.Release();
            var matrix = packed.ReadMatrix(canary.Tensor);
            packed.VerifyCanary(canary, matrix);
            foreach (var path in paths)
            {
                // The reference knows no precision.
                foreach (var precision in path == KernelPath.Scalar ? [KernelPrecision.Exact] : Enum.GetValues<KernelPrecision>())
                {
                    cancellation.ThrowIfCancellationRequested();
                    var rows = FirstRows(packed, canary.Tensor, matrix, path, precision);
                    CanaryCheck.Run(packed, canary, matrix, [rows], precision, pool);
                    if (rows.Joinable?.Levels is { } levels)
                    {
                        CanaryCheck.Run(packed, canary, matrix, [rows], precision, pool, levels.MinInputs);
                    }
                    else if (rows is ColumnScaleMatrix)
                    {
                        CanaryCheck.Run(packed, canary, matrix, [rows], precision, pool, ColumnTileProduct.MinInputs);
                    }
                }
            }

            CanaryCheck.Run(packed, canary, Decoded(matrix, canary.Outputs.Length));
        }
    }

    private static PackedMatrix FirstRows(PackedFile packed, string name, CodedMatrix matrix, KernelPath path, KernelPrecision precision)
    {
        try
        {
            return PackedMatrix.Create(matrix, 0, Math.Min(MaxRows, matrix.Rows), path, precision);
        }
        catch (Exception exception) when (exception is ArgumentException or ArithmeticException)
        {
            throw new CheckpointException(
                packed.Path, name, CheckpointRule.Packed, $"the weight cannot be brought into the form of {path} in precision {precision}: {exception.Message}",
                exception);
        }
    }

    // The first rows as a weight that a model does not keep packed.
    private static Tensor Decoded(CodedMatrix matrix, int rows)
    {
        var weights = new float[rows * matrix.Columns];
        for (var row = 0; row < rows; row++)
        {
            matrix.DecodeRow(row, weights.AsSpan(row * matrix.Columns, matrix.Columns));
        }

        return Torch.Tensor(weights).Reshape(rows, matrix.Columns);
    }
}
