using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Holds products against the canaries of a packed file, within what a right kernel may owe (<see cref="ProductBound"/>). Where they differ, the weights
/// are decoded by definition, without a kernel: so the file is accused only when it does not hold what was written.
/// </summary>
internal static class CanaryCheck
{
    // Where the largest product is brought to: far from both ends of the range of floats.
    private const int OutputExponent = 64;

    private const int MaxFurtherRows = 8;

    /// <summary>
    /// Checks a matrix in its prepacked form: the rows of the canary, and some that it does not reach, which are decoded by definition. A prepacked form
    /// from a file is checked on the canary's rows alone: it is there so that codes need not be read.
    /// </summary>
    /// <param name="packed">The file.</param>
    /// <param name="canary">The check values of the weight.</param>
    /// <param name="matrix">The weight as the file holds it.</param>
    /// <param name="parts">Its first rows or all of them, one part upon the other; at least as many rows as the canary has outputs.</param>
    /// <param name="precision">How inputs enter the products of the parts.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="batch">Input rows of the products, which are all alike: with many of them other kernels are checked.</param>
    /// <exception cref="CheckpointException">A product differs by more than a right kernel may owe.</exception>
    public static void Run(
        PackedFile packed, PackedCanary canary, CodedMatrix matrix, ReadOnlySpan<PackedMatrix> parts, KernelPrecision precision, WorkerPool pool, int batch = 1)
    {
        var path = parts[0].Path;
        var y = new float[RowsOf(parts)];
        int[] rows = [.. Enumerable.Range(0, canary.Outputs.Length), .. parts[0].IsPrepacked ? [] : FurtherRows(canary.Outputs.Length, y.Length)];
        var bounds = Array.ConvertAll(rows, row => ProductBound.Of(matrix, row, path == KernelPath.Scalar ? KernelPrecision.Exact : precision));
        for (var i = 0; i < rows.Length; i++)
        {
            bounds[i] = bounds[i] with { Error = bounds[i].Error + FurtherError(parts, rows[i]) };
        }

        var exponent = Exponent(bounds);
        var x = PackedCanary.Input(canary.Seed, matrix.Columns, exponent);
        var many = new float[batch * x.Length];
        for (var input = 0; input < batch; input++)
        {
            x.CopyTo(many, input * x.Length);
        }

        var done = 0;
        foreach (var part in parts)
        {
            var products = new float[batch * part.Rows];
            part.WithoutInputGrid.Multiply(many, products, batch, default, pool);
            products.AsSpan((batch - 1) * part.Rows).CopyTo(y.AsSpan(done));
            done += part.Rows;
        }

        var found = Array.ConvertAll(rows, row => y[row]);
        var errors = Errors(bounds);
        if (canary.Compare(found, errors, exponent) is { } difference)
        {
            packed.VerifyCanary(canary, matrix);
            throw KernelFault(packed, canary, difference, path, precision);
        }

        for (var i = canary.Outputs.Length; i < rows.Length; i++)
        {
            var one = PackedCanary.OfRow(canary.Tensor, matrix, rows[i], canary.Seed);
            if (one.Compare(found.AsSpan(i, 1), errors.AsSpan(i, 1), exponent) is { } other)
            {
                throw KernelFault(packed, canary, other with { Row = rows[i] }, path, precision);
            }
        }
    }

    /// <summary>Checks a coded weight that was decoded to a dense one, by a product in single precision.</summary>
    /// <param name="packed">The file.</param>
    /// <param name="canary">The check values of the weight.</param>
    /// <param name="weight">[rows, …].</param>
    /// <exception cref="CheckpointException">A product differs by more than a right kernel may owe.</exception>
    public static void Run(PackedFile packed, PackedCanary canary, Tensor weight)
    {
        var matrix = weight.Reshape(weight.Shape[0], -1);
        var columns = (int)matrix.Shape[1];
        var bounds = canary.Magnitudes.Select(magnitude => ProductBound.OfDense(magnitude, columns)).ToArray();
        var exponent = Exponent(bounds);
        var y = Kernels.LinearKernel.Run(Torch.Tensor(PackedCanary.Input(canary.Seed, columns, exponent)), matrix, null).Span<float>();
        if (canary.Compare(y, Errors(bounds), exponent) is { } difference)
        {
            packed.VerifyCanary(canary, packed.ReadMatrix(canary.Tensor));
            throw KernelFault(
                packed, canary, $"{difference}, but the file holds what was written: the product of decoded weights is computed wrongly on this machine");
        }
    }

    private static CheckpointException KernelFault(
        PackedFile packed, PackedCanary canary, CanaryDifference difference, KernelPath path, KernelPrecision precision) =>
        KernelFault(
            packed, canary, $"{difference}, but the file holds what was written: the kernels of {path} in precision {precision} compute wrongly "
                + "on this machine");

    private static CheckpointException KernelFault(PackedFile packed, PackedCanary canary, string message) =>
        new(packed.Path, canary.Tensor, CheckpointRule.Canary, message);

    private static int RowsOf(ReadOnlySpan<PackedMatrix> parts)
    {
        var rows = 0;
        foreach (var part in parts)
        {
            rows += part.Rows;
        }

        return rows;
    }

    private static double FurtherError(ReadOnlySpan<PackedMatrix> parts, int row)
    {
        var part = 0;
        for (; row >= parts[part].Rows; part++)
        {
            row -= parts[part].Rows;
        }

        return parts[part].FurtherError(row);
    }

    // From the first row that the canary does not reach to the last one.
    private static IEnumerable<int> FurtherRows(int first, int end) => first >= end
        ? []
        : Enumerable.Range(0, MaxFurtherRows).Select(i => first + (int)((long)(end - 1 - first) * i / (MaxFurtherRows - 1))).Distinct();

    private static double[] Errors(ProductBound[] bounds) => Array.ConvertAll(bounds, bound => bound.Error);

    private static int Exponent(ProductBound[] bounds)
    {
        var largest = bounds.Max(bound => bound.Amplitude);
        return largest > 0 ? Math.Clamp(OutputExponent - Math.ILogB(largest), -PackedCanary.MaxExponent, PackedCanary.MaxExponent) : 0;
    }
}
