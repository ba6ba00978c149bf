using CsCheck;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.Tests.SecondOrder;

/// <summary>The factor that compensation runs on, against double precision.</summary>
public class Compensation_Tests
{
    private static readonly Gen<(int N, int Seed)> Cases = Gen.Select(Gen.Int[1, 150], Gen.Int[0, 1_000_000]);

    [Fact]
    public void The_factor_multiplies_out_to_the_matrix() => Cases.Sample(
        (n, seed) =>
        {
            var (hessian, order) = Matrix(n, seed);
            var compensation = Compensation.TryCreate(hessian, order, 1e-3, threads: 1, default)!;
            for (var i = 0; i < n; i++)
            {
                for (var j = i; j < n; j++)
                {
                    var sum = 0.0;
                    for (var k = j; k < n; k++)
                    {
                        sum += Unit(compensation, i, k) * compensation.Pivots[k] * Unit(compensation, j, k);
                    }

                    Assert.Equal(hessian[order[i] * n + order[j]], sum, 1e-4);
                }
            }
        },
        iter: 20);

    [Fact]
    public void The_error_is_the_sum_of_what_rounding_each_compensated_target_costs() => Cases.Sample(
        (n, seed) =>
        {
            var (hessian, order) = Matrix(n, seed);
            var compensation = Compensation.TryCreate(hessian, order, 1e-3, threads: 1, default)!;
            var random = new Random(seed);
            var delta = order.Select(_ => random.NextDouble() - 0.5).ToArray();
            double expected = 0, found = 0;
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    expected += delta[i] * hessian[order[i] * n + order[j]] * delta[j];
                }

                var remainder = delta[i];
                for (var before = 0; before < i; before++)
                {
                    remainder += delta[before] * compensation.Factor[before * n + i];
                }

                found += compensation.Pivots[i] * remainder * remainder;
            }

            Assert.Equal(expected, found, 1e-4 * (1 + expected));
        },
        iter: 20);

    [Fact]
    public void What_a_block_costs_is_the_least_over_all_later_columns()
    {
        // With the later columns free to compensate exactly, what is left of H is the Schur complement of their part.
        const int N = 40, Begin = 0, Width = 9;
        var (hessian, order) = Matrix(N, 3);
        var compensation = Compensation.TryCreate(hessian, order, 1e-3, threads: 1, default)!;
        var block = compensation.CostBlock(Begin, Width);
        var a = new double[N, N];
        for (var i = 0; i < N; i++)
        {
            for (var j = 0; j < N; j++)
            {
                a[i, j] = hessian[order[i] * N + order[j]];
            }
        }

        for (var pivot = N - 1; pivot >= Width; pivot--)
        {
            for (var i = 0; i < pivot; i++)
            {
                for (var j = 0; j < pivot; j++)
                {
                    a[i, j] -= a[i, pivot] * a[pivot, j] / a[pivot, pivot];
                }
            }
        }

        for (var i = 0; i < Width; i++)
        {
            for (var j = 0; j < Width; j++)
            {
                Assert.Equal(a[i, j], block[i * Width + j], 1e-4);
            }
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var (hessian, order) = Matrix(300, 1);
        var one = Compensation.TryCreate(hessian, order, 1e-3, threads: 1, default)!;
        var all = Compensation.TryCreate(hessian, order, 1e-3, threads: 4, default)!;

        Assert.Equal(one.Factor, all.Factor);
        Assert.Equal(one.Pivots, all.Pivots);
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_has_none()
    {
        float[] indefinite = [1, 2, 2, 1];
        float[] nan = [1, float.NaN, float.NaN, 1];

        Assert.Null(Compensation.TryCreate(indefinite, [0, 1], 1e-3, 1, default));
        Assert.Null(Compensation.TryCreate(nan, [0, 1], 1e-3, 1, default));
    }

    private static double Unit(Compensation compensation, int i, int k) => i == k ? 1 : compensation.Factor[i * compensation.Order.Length + k];

    // XᵀX + 0.1, X [2n, n] uniform, and a shuffled order.
    private static (float[] Hessian, int[] Order) Matrix(int n, int seed)
    {
        var random = new Random(seed);
        var x = new double[2 * n, n];
        for (var t = 0; t < 2 * n; t++)
        {
            for (var k = 0; k < n; k++)
            {
                x[t, k] = random.NextDouble() - 0.5 + (k > 0 ? 0.7 * x[t, k - 1] : 0);
            }
        }

        var hessian = new float[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var t = 0; t < 2 * n; t++)
                {
                    hessian[i * n + j] += (float)(x[t, i] * x[t, j] / (2 * n));
                }
            }

            hessian[i * n + i] += 0.1f;
        }

        var order = Enumerable.Range(0, n).ToArray();
        random.Shuffle(order);
        return (hessian, order);
    }
}
