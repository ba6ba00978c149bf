using Reparam.Checkpoints;

namespace Reparam.Compression.Calibration;

/// <summary>Second moments as a file holds them, checked.</summary>
internal static class StoredGram
{
    // What float sums in another order may differ by, as a share of √(Hii·Hjj).
    private const float Tolerance = 1e-4f;
    private const int Side = 64;

    /// <summary>Reads H. Where the two halves differ by rounding, their mean is taken.</summary>
    /// <exception cref="CheckpointException">H is not finite or not symmetric, or has a negative diagonal.</exception>
    public static ReadOnlyMemory<float> Read(ICheckpoint file, string tensor)
    {
        var columns = checked((int)file.Info(tensor).Shape[0]);
        var gram = file.ReadSingles(tensor);
        RequireFinite(file, tensor, gram, columns);
        for (var i = 0; i < columns; i++)
        {
            var diagonal = gram[((long)i * columns) + i];
            if (diagonal < 0)
            {
                throw Refuse(file, tensor, $"found {diagonal} at [{i}, {i}], expected a diagonal that is not negative");
            }
        }

        for (var top = 0; top < columns; top += Side)
        {
            for (var left = 0; left <= top; left += Side)
            {
                Symmetrize(file, tensor, gram, columns, top, left);
            }
        }

        return gram;
    }

    /// <summary>Refuses values that are not finite.</summary>
    /// <exception cref="CheckpointException">Names the first.</exception>
    public static void RequireFinite(ICheckpoint file, string tensor, ReadOnlySpan<float> values, int columns)
    {
        for (var index = 0; index < values.Length; index++)
        {
            if (!float.IsFinite(values[index]))
            {
                throw Refuse(file, tensor, $"found {values[index]} at [{index / columns}, {index % columns}], expected finite values");
            }
        }
    }

    private static void Symmetrize(ICheckpoint file, string tensor, float[] gram, int columns, int top, int left)
    {
        for (var i = top; i < Math.Min(top + Side, columns); i++)
        {
            for (var j = left; j < Math.Min(left + Side, i); j++)
            {
                ref var lower = ref gram[((long)i * columns) + j];
                ref var upper = ref gram[((long)j * columns) + i];
                if (lower == upper)
                {
                    continue;
                }

                var bound = Tolerance * Math.Sqrt((double)gram[((long)i * columns) + i] * gram[((long)j * columns) + j]);
                if (Math.Abs((double)lower - upper) > bound)
                {
                    throw Refuse(file, tensor, $"found {lower} at [{i}, {j}] and {upper} at [{j}, {i}], expected a symmetric matrix");
                }

                lower = upper = (float)(((double)lower + upper) / 2);
            }
        }
    }

    private static CheckpointException Refuse(ICheckpoint file, string tensor, string detail) => new(file.Path, tensor, CheckpointRule.Calibration, detail);
}
