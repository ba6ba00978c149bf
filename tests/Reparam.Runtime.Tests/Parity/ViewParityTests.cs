using CsCheck;
using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class ViewParityTests
{
    private static readonly (string Name, Func<torch.Tensor, long, long, torch.Tensor> Theirs, Func<Tensor, long, long, Tensor> Ours)[] Steps =
    [
        ("transpose", (t, a, b) => t.transpose(a, b), (t, a, b) => t.Transpose(a, b)),
        ("unsqueeze", (t, a, _) => t.unsqueeze(a), (t, a, _) => t.Unsqueeze(a)),
        ("squeeze", (t, a, _) => t.squeeze(a), (t, a, _) => t.Squeeze(a)),
        ("squeeze all", (t, _, _) => t.squeeze(), (t, _, _) => t.Squeeze()),
        ("select", (t, a, b) => t.select(a, b), (t, a, b) => t.Select(a, b)),
        ("narrow", (t, a, b) => t.narrow(a, b, 1), (t, a, b) => t.Narrow(a, b, 1)),
        ("slice", (t, a, b) => t.slice(a, b, 3, 2), (t, a, b) => t.Slice(a, b, 3, 2)),
        ("flatten", (t, a, b) => t.flatten(a, b), (t, a, b) => t.Flatten(a, b)),
        ("view -1", (t, _, _) => t.view(-1), (t, _, _) => t.View(-1)),
        ("view 2, -1", (t, _, _) => t.view(2, -1), (t, _, _) => t.View(2, -1)),
        ("view 3, 2, -1", (t, _, _) => t.view(3, 2, -1), (t, _, _) => t.View(3, 2, -1)),
        ("reshape", (t, a, _) => t.reshape(a, -1), (t, a, _) => t.Reshape(a, -1)),
        // Libtorch takes sizes that make no sense for a scalar or for no elements.
        ("expand", (t, a, _) => t.ndim == 0 ? throw new ArgumentException("scalar") : t.expand(Math.Max(a, -1), -1, -1), (t, a, _) => t.Expand(Math.Max(a, -1), -1, -1)),
        // (TorchSharp refuses a negative dimension here.)
        ("unflatten", (t, a, b) => t.unflatten(Math.Abs(a), 2, b), (t, a, b) => t.Unflatten(Math.Abs(a), 2, b)),
        ("T", (t, _, _) => t.ndim <= 2 ? t.T : throw new ArgumentException("deprecated"), (t, _, _) => t.Rank <= 2 ? t.T : throw new ArgumentException("deprecated")),
        ("mT", (t, _, _) => t.mT, (t, _, _) => t.MT),
        ("contiguous", (t, _, _) => t.contiguous(), (t, _, _) => t.Contiguous()),
    ];

    private static readonly Gen<(long[] Shape, (int Step, long A, long B)[] Path)> Paths = Gen.Select(
        Gen.Long[0, 4].Array[0, 4],
        Gen.Select(Gen.Int[0, Steps.Length - 1], Gen.Long[-5, 5], Gen.Long[-5, 5]).Array[1, 4]);

    /// <summary>Random chains of views give the same shape, strides and values, or are refused at the same step.</summary>
    [Fact]
    public void Chains_of_views_agree() => Paths.Sample(
        (shape, path) =>
        {
            var pair = Pair.Integers(shape);
            foreach (var (step, a, b) in path)
            {
                var (name, theirs, ours) = Steps[step];
                torch.Tensor expected;
                try
                {
                    expected = theirs(pair.Theirs, a, b);
                }
                catch (Exception)
                {
                    Assert.ThrowsAny<Exception>(() => ours(pair.Ours, a, b));
                    return;
                }

                var found = ours(pair.Ours, a, b);
                Compare.Same(expected, found, because: name);
                if (expected.numel() > 0)
                {
                    Assert.Equal(Meaningful(expected.shape, expected.stride()), Meaningful(found.Shape.ToArray(), found.Stride().ToArray()));
                }

                pair = new Pair(expected, found);
            }
        },
        iter: 1500, threads: 1);

    [Fact]
    public void A_view_shares_memory()
    {
        var x = Torch.Arange(12).View(3, 4);
        x.Transpose(0, 1)[1, 2].Fill_(-7);
        Assert.Equal(-7, (long)x[2, 1]);
        x[TensorIndex.Colon, 0] = Torch.Tensor([10L, 20, 30]);
        Assert.Equal([10, 1, 2, 3, 20, 5, 6, 7, 30, -7, 10, 11], x.ToArray<long>());
    }

    [Fact]
    public void Permutations_agree()
    {
        var pair = Pair.Floats([2, 3, 4]);
        Compare.Same(pair.Theirs.permute(2, 0, 1), pair.Ours.Permute(2, 0, 1));
        Compare.Same(pair.Theirs.permute(-1, 1, 0), pair.Ours.Permute(-1, 1, 0));
        Assert.Throws<ArgumentException>(() => pair.Ours.Permute(0, 0, 1));
        Assert.Throws<ArgumentException>(() => pair.Ours.Permute(0, 1));
    }

    [Fact]
    public void The_view_of_a_transposed_tensor_is_refused_with_its_shape()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Torch.Zeros(3, 4).Transpose(0, 1).View(12));
        Assert.Contains("[4, 3]", error.Message);
        Assert.Contains("[12]", error.Message);
    }

    // Strides of dimensions of size 1 mean nothing.
    private static long[] Meaningful(long[] shape, long[] strides) => [.. strides.Where((_, i) => shape[i] != 1)];
}
