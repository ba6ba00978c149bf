namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>How the errors e of a group's columns cost: eᵀ(Ů + I)D(Ů + I)ᵀe with Ů strictly upper and D diagonal.</summary>
/// <param name="width">Columns of the group, at most 16.</param>
/// <param name="floats">[272]: Ů[i, k] at 16·k + i, so that what weighs on a column lies together; then D, 0 past the last column.</param>
internal readonly unsafe struct GroupFactor(int width, float* floats)
{
    private const int Size = GroupTile.Size;

    /// <summary>Floats of a group.</summary>
    public const int Floats = Size * Size + Size;

    /// <summary>Columns of the group.</summary>
    public int Width => width;

    /// <summary>Ů[i, k] at 16·k + i.</summary>
    public float* Factor => floats;

    /// <summary>D.</summary>
    public float* Pivots => floats + Size * Size;

    /// <summary>Takes the columns of a group from a factored matrix: there all later columns make up for its errors.</summary>
    /// <param name="factor">Ů, [columns, columns].</param>
    /// <param name="pivots">D, [columns].</param>
    /// <param name="begin">First column of the group.</param>
    /// <param name="width">Columns of the group.</param>
    /// <param name="floats">[272].</param>
    public static void Take(ReadOnlySpan<float> factor, ReadOnlySpan<float> pivots, int begin, int width, Span<float> floats)
    {
        floats.Clear();
        for (var k = 0; k < width; k++)
        {
            floats[Size * Size + k] = pivots[begin + k];
            for (var i = 0; i < k; i++)
            {
                floats[k * Size + i] = factor[(begin + i) * pivots.Length + begin + k];
            }
        }
    }

    /// <summary>Factors the part of a matrix that belongs to a group: everything outside of it stays as it is.</summary>
    /// <param name="hessian">[columns, columns], positive definite.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="begin">First column of the group.</param>
    /// <param name="width">Columns of the group.</param>
    /// <param name="floats">[272].</param>
    public static void Form(ReadOnlySpan<float> hessian, int columns, int begin, int width, Span<float> floats)
    {
        floats.Clear();
        Span<double> factor = stackalloc double[Size * Size];
        Span<double> pivots = stackalloc double[Size];
        for (var k = width - 1; k >= 0; k--)
        {
            var row = hessian.Slice((begin + k) * columns + begin, width);
            for (var i = k; i >= 0; i--)
            {
                double sum = row[i];
                for (var j = k + 1; j < width; j++)
                {
                    sum -= factor[i * Size + j] * pivots[j] * factor[k * Size + j];
                }

                if (i == k)
                {
                    pivots[k] = sum;
                }
                else
                {
                    factor[i * Size + k] = sum / pivots[k];
                    floats[k * Size + i] = (float)factor[i * Size + k];
                }
            }

            floats[Size * Size + k] = (float)pivots[k];
        }
    }
}
