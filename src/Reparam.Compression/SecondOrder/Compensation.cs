using System.Runtime.CompilerServices;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.SecondOrder;

/// <summary>
/// H = (Ů + I)·D·(Ů + I)ᵀ with Ů strictly upper, in the order in which columns are coded. With the error δ_i = q_i − w_i of the columns before it, column k is
/// coded to w_k − Σ_i δ_i·Ů[i, k], and its own rounding then costs D[k] times its square: compensation as GPTQ does it (Frantar et al., arXiv 2210.17323),
/// without the inverse (LDLQ, Chee et al., arXiv 2307.13304).
/// </summary>
internal sealed class Compensation
{
    private Compensation(float[] factor, float[] pivots, int[] order)
    {
        Factor = factor;
        Pivots = pivots;
        Order = order;
    }

    /// <summary>Ů, [columns, columns].</summary>
    public float[] Factor { get; }

    /// <summary>D.</summary>
    public float[] Pivots { get; }

    /// <summary>The column at each place of the order.</summary>
    public int[] Order { get; }

    /// <summary>Factors a matrix; null when it is not positive definite.</summary>
    /// <param name="hessian">[columns, columns], damped.</param>
    /// <param name="order">The column at each place.</param>
    /// <param name="smallestPivot">What every element of D must be above.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Compensation? TryCreate(ReadOnlySpan<float> hessian, int[] order, double smallestPivot, int threads, CancellationToken cancellation)
    {
        // The last column of the order comes first: then the factor of Cholesky is the one wanted, turned by half a circle.
        var n = order.Length;
        var stride = Cholesky.Stride(n);
        var a = new double[checked(n * stride)];
        for (var i = 0; i < n; i++)
        {
            var row = hessian.Slice(order[n - 1 - i] * n, n);
            for (var j = 0; j <= i; j++)
            {
                a[i * stride + j] = row[order[n - 1 - j]];
            }
        }

        if (!Cholesky.TryFactor(a, n, smallestPivot, threads, cancellation))
        {
            return null;
        }

        var factor = new float[n * n];
        var pivots = new float[n];
        var inverses = new double[n];
        for (var k = 0; k < n; k++)
        {
            var diagonal = a[(n - 1 - k) * stride + n - 1 - k];
            pivots[k] = (float)(diagonal * diagonal);
            inverses[k] = 1 / diagonal;
        }

        for (var i = 0; i < n; i++)
        {
            var row = (n - 1 - i) * stride + n - 1;
            for (var k = i + 1; k < n; k++)
            {
                factor[i * n + k] = (float)(a[row - k] * inverses[k]);
            }
        }

        return new Compensation(factor, pivots, order);
    }

    /// <summary>D^(quarters/4).</summary>
    public float[] PowerOfPivots(int quarters)
    {
        // Square roots are exact everywhere, powers are not.
        var powers = new float[Pivots.Length];
        for (var k = 0; k < powers.Length; k++)
        {
            var quarter = Math.Sqrt(Math.Sqrt(Pivots[k]));
            var power = 1.0;
            for (var i = 0; i < quarters; i++)
            {
                power *= quarter;
            }

            powers[k] = (float)power;
        }

        return powers;
    }

    /// <summary>
    /// What coding some neighbouring columns of the order costs when all later ones compensate: the block of (Ů + I)·D·(Ů + I)ᵀ without the later columns,
    /// [width, width].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float[] CostBlock(int begin, int width)
    {
        var block = new float[width * width];
        // Rows of the factor as doubles, the second time with D on them.
        var n = Order.Length;
        var rows = new double[width * width];
        var weighted = new double[width * width];
        for (var i = 0; i < width; i++)
        {
            for (var k = i; k < width; k++)
            {
                rows[i * width + k] = i == k ? 1 : Factor[(begin + i) * n + begin + k];
                weighted[i * width + k] = rows[i * width + k] * Pivots[begin + k];
            }
        }

        for (var i = 0; i < width; i++)
        {
            for (var j = i; j < width; j++)
            {
                var length = width - j;
                block[i * width + j] = block[j * width + i] = (float)DoubleVectors.Dot(
                    weighted.AsSpan(i * width + j, length), rows.AsSpan(j * width + j, length));
            }
        }

        return block;
    }
}
