using CsCheck;
using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class ProductParityTests
{
    private static readonly Gen<(long[] X, long[] Y)> Shapes =
        from batch in Gen.Long[0, 3].Array[0, 2]
        from m in Gen.Long[0, 9]
        from k in Gen.Long[0, 9]
        from n in Gen.Long[0, 9]
        from kind in Gen.Int[0, 7]
        select ShapesOf(kind, batch, m, k, n);

    [Fact]
    public void Matmul_agrees_on_small_shapes_vectors_and_batches() =>
        Gen.Select(Shapes, Gen.Bool, Gen.Bool).Sample(
            (shapes, transposeX, transposeY) =>
            {
                var x = Stored(Pair.Floats(shapes.X, 1), transposeX);
                var y = Stored(Pair.Floats(shapes.Y, 2), transposeY);
                if (shapes.X[^1] != shapes.Y[Math.Max(0, shapes.Y.Length - 2)])
                {
                    // (TorchSharp lets libtorch's refusal end the process.)
                    Assert.Throws<ArgumentException>(() => x.Ours.Matmul(y.Ours));
                    return;
                }

                Compare.Same(x.Theirs.matmul(y.Theirs), x.Ours.Matmul(y.Ours), 1e-5, 1e-5);
            },
            iter: 800, threads: 1);

    [Theory]
    [InlineData(1, 257, 300)]
    [InlineData(4, 1000, 33)]
    [InlineData(5, 31, 513)]
    [InlineData(97, 64, 1025)]
    [InlineData(130, 301, 47)]
    [InlineData(256, 513, 129)]
    [InlineData(600, 90, 70)]
    [InlineData(2, 300, 2050)]
    [InlineData(5, 128, 4)]
    [InlineData(31, 400, 130)]
    [InlineData(48, 131, 70)]
    [InlineData(193, 260, 9)]
    public void Large_products_agree_with_double_precision_in_any_memory_order(int m, int k, int n)
    {
        foreach (var (transposeX, transposeY) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            var x = Stored(Pair.Floats([m, k], 1), transposeX);
            var y = Stored(Pair.Floats([k, n], 2), transposeY);
            var exact = x.Theirs.to_type(torch.float64).matmul(y.Theirs.to_type(torch.float64)).to_type(torch.float32);
            Compare.Same(exact, x.Ours.Matmul(y.Ours), 1e-5, 2e-5 * Math.Sqrt(k));
        }
    }

    [Fact]
    public void NaN_and_infinity_reach_the_product()
    {
        var x = Pair.Of([2, 2], [float.NaN, 0f, 1f, float.PositiveInfinity]);
        var y = Pair.Of([2, 3], [1f, 0f, 2f, 3f, 0f, -1f]);
        Compare.Same(x.Theirs.matmul(y.Theirs), x.Ours.Matmul(y.Ours));
        Compare.Same(y.Theirs.T.matmul(x.Theirs), y.Ours.T.Matmul(x.Ours));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Linear_agrees(int batch)
    {
        var x = Pair.Floats([batch, 2, 65], 1);
        var weight = Pair.Floats([131, 65], 2);
        var bias = Pair.Floats([131], 3);
        Compare.Same(torch.nn.functional.linear(x.Theirs, weight.Theirs, bias.Theirs), Functional.Linear(x.Ours, weight.Ours, bias.Ours), 1e-5, 1e-5);
        Compare.Same(torch.nn.functional.linear(x.Theirs, weight.Theirs), Functional.Linear(x.Ours, weight.Ours), 1e-5, 1e-5);
        var turned = weight.Map(t => t.T.contiguous().T, t => t.T.Contiguous().T);
        Compare.Same(torch.nn.functional.linear(x.Theirs, turned.Theirs), Functional.Linear(x.Ours, turned.Ours), 1e-5, 1e-5);
    }

    [Fact]
    public void Linear_names_the_shapes_that_do_not_fit()
    {
        var error = Assert.Throws<ArgumentException>(() => Functional.Linear(Torch.Zeros(2, 3), Torch.Zeros(5, 4)));
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[5, 4]", error.Message);
        Assert.Throws<ArgumentException>(() => Functional.Linear(Torch.Zeros(2, 4), Torch.Zeros(5, 4), Torch.Zeros(4)));
        Assert.Throws<ArgumentException>(() => Functional.Linear(Torch.Zeros([2, 4], DType.Int64), Torch.Zeros(5, 4)));
    }

    [Fact]
    public void Mm_bmm_dot_and_outer_agree_and_refuse()
    {
        var (a, b, v) = (Pair.Floats([3, 4]), Pair.Floats([4, 2], 2), Pair.Floats([4], 3));
        Compare.Same(a.Theirs.mm(b.Theirs), a.Ours.Mm(b.Ours), 1e-5, 1e-6);
        Compare.Same(v.Theirs.dot(v.Theirs), v.Ours.Dot(v.Ours), 1e-5, 1e-6);
        Compare.Same(v.Theirs.outer(v.Theirs), v.Ours.Outer(v.Ours));
        var batch = Pair.Floats([2, 3, 4], 5);
        Compare.Same(batch.Theirs.bmm(batch.Theirs.transpose(1, 2)), batch.Ours.Bmm(batch.Ours.Transpose(1, 2)), 1e-5, 1e-5);
        Assert.Throws<ArgumentException>(() => a.Ours.Mm(v.Ours));
        Assert.Throws<ArgumentException>(() => a.Ours.Bmm(b.Ours));
        Assert.Throws<InvalidOperationException>(() => a.Ours.Matmul(b.Ours.Long()));
    }

    private static (long[] X, long[] Y) ShapesOf(int kind, long[] batch, long m, long k, long n) => kind switch
    {
        0 => ([k], [.. batch, k, n]),
        1 => ([.. batch, m, k], [k]),
        2 => ([.. batch, m, k], [k, n]),
        3 => ([m, k], [.. batch, k, n]),
        4 => ([.. batch.Select(_ => 1L), m, k], [.. batch, k, n]),
        5 => ([k], [k]),
        6 => ([.. batch, m, k], [.. batch, k + 1, n]),
        _ => ([.. batch, m, k], [.. batch, k, n]),
    };

    private static Pair Stored(Pair pair, bool transposed) => transposed && pair.Theirs.ndim > 1
        ? pair.Map(t => t.transpose(-1, -2).contiguous().transpose(-1, -2), t => t.Transpose(-1, -2).Contiguous().Transpose(-1, -2))
        : pair;
}
