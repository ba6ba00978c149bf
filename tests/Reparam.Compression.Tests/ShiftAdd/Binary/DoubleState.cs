using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Tests.ShiftAdd.Binary;

/// <summary>A coded layer in double precision, under H with 1 % of its mean diagonal added: what single steps would change.</summary>
internal sealed class DoubleState
{
    private readonly TestLayer layer;
    private readonly BinaryCodedMatrix matrix;
    private readonly double[] hessian;
    private readonly double[] difference;
    private readonly double[] gradient;

    public DoubleState(TestLayer layer, BinaryCodedMatrix matrix)
    {
        (this.layer, this.matrix) = (layer, matrix);
        var n = layer.Columns;
        hessian = [.. layer.Gram.Values.ToArray().Select(h => (double)h)];
        var damping = 0.01 * Enumerable.Range(0, n).Sum(k => hessian[k * n + k]) / n;
        for (var k = 0; k < n; k++)
        {
            hessian[k * n + k] += damping;
        }

        difference = [.. matrix.Decode().Zip(layer.Weights, (q, w) => (double)q - w)];
        gradient = new double[difference.Length];
        for (var place = 0; place < difference.Length; place++)
        {
            var (row, k) = (place / n, place % n);
            for (var j = 0; j < n; j++)
            {
                gradient[place] += hessian[k * n + j] * difference[row * n + j];
            }
        }
    }

    public double Error => difference.Zip(gradient, (d, g) => d * g).Sum();

    /// <summary>The smallest change of the error over the levels of one weight.</summary>
    public double BestChangeOfCode(int row, int k)
    {
        var n = layer.Columns;
        var scales = Scales(row / matrix.BlockRows, k / matrix.BlockColumns);
        var now = difference[row * n + k] + layer.Weights[row * n + k];
        return Enumerable.Range(0, 1 << matrix.Bits)
            .Select(pattern => scales.Select((a, b) => ((pattern >> b) & 1) != 0 ? a : -a).Sum() - now)
            .Min(step => 2 * step * gradient[row * n + k] + step * step * hessian[k * n + k]);
    }

    /// <summary>The change of the error when a set of scales takes its best values: −rᵀA⁻¹r.</summary>
    public double ChangeOfRefit(int rowBlock, int block)
    {
        var n = layer.Columns;
        var (bits, first, begin) = (matrix.Bits, rowBlock * matrix.BlockRows, block * matrix.BlockColumns);
        var (last, end) = (Math.Min(first + matrix.BlockRows, layer.Rows), Math.Min(begin + matrix.BlockColumns, n));
        var a = new double[bits, bits];
        var r = new double[bits];
        for (var row = first; row < last; row++)
        {
            for (var b = 0; b < bits; b++)
            {
                for (var i = begin; i < end; i++)
                {
                    r[b] += Sign(b, row, i) * gradient[row * n + i];
                    for (var c = 0; c < bits; c++)
                    {
                        for (var j = begin; j < end; j++)
                        {
                            a[b, c] += Sign(b, row, i) * hessian[i * n + j] * Sign(c, row, j);
                        }
                    }
                }
            }
        }

        // Gauss elimination; a plane that depends on those before it is left out.
        var change = 0.0;
        for (var p = 0; p < bits; p++)
        {
            if (a[p, p] <= 1e-3)
            {
                continue;
            }

            change -= r[p] * r[p] / a[p, p];
            for (var i = p + 1; i < bits; i++)
            {
                r[i] -= a[i, p] / a[p, p] * r[p];
                for (var j = bits - 1; j >= p; j--)
                {
                    a[i, j] -= a[i, p] / a[p, p] * a[p, j];
                }
            }
        }

        return change;
    }

    private double[] Scales(int rowBlock, int block) =>
        [.. Enumerable.Range(0, matrix.Bits).Select(bit => Math.ScaleB((double)matrix.Scale(rowBlock, block, bit), matrix.ScaleExponent))];

    private int Sign(int bit, int row, int k) =>
        (matrix.Codes.Span[(bit * matrix.Rows + row) * matrix.WordsPerRow + k / 32] >> (k % 32) & 1) != 0 ? 1 : -1;
}
