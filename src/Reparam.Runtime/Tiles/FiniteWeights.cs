using System.Buffers;
using System.Numerics.Tensors;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Tiles;

/// <summary>The check of a matrix of which nothing is known but how its rows are decoded.</summary>
internal static class FiniteWeights
{
    /// <summary>The largest magnitude among the weights of each of some neighbouring rows. Rows are decoded on several threads.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public static float[] MaxMagnitudes(CodedMatrix matrix, int first, int rows)
    {
        var magnitudes = new float[rows];
        var isLarge = (long)rows * matrix.Columns > 1 << 18;
        _ = Parallel.For(
            0, rows, new ParallelOptions { MaxDegreeOfParallelism = isLarge ? -1 : 1 }, row => magnitudes[row] = MaxMagnitude(matrix, first + row));
        for (var row = 0; row < rows; row++)
        {
            if (!float.IsFinite(magnitudes[row]))
            {
                throw new ArgumentException($"row {first + row} holds a weight that is {magnitudes[row]}; a weight must be finite", nameof(matrix));
            }
        }

        return magnitudes;
    }

    private static float MaxMagnitude(CodedMatrix matrix, int row)
    {
        var buffer = ArrayPool<float>.Shared.Rent(matrix.Columns);
        var weights = buffer.AsSpan(0, matrix.Columns);
        matrix.DecodeRow(row, weights);

        // A NaN among the weights is the result.
        var magnitude = Math.Abs(TensorPrimitives.MaxMagnitude(weights));
        ArrayPool<float>.Shared.Return(buffer);
        return magnitude;
    }
}
