using Reparam.Runtime;
using TorchSharp;
using TheirIndex = TorchSharp.torch.TensorIndex;

namespace Reparam.Runtime.Tests.Parity;

public class IndexParityTests
{
    private static readonly Pair Source = Pair.Integers([4, 5, 6]);

    [Fact]
    public void Positions_slices_ellipsis_and_new_axes_agree()
    {
        var (t, o) = (Source.Theirs, Source.Ours);
        Compare.Same(t[0], o[0]);
        Compare.Same(t[-1], o[-1]);
        Compare.Same(t[1, 2], o[1, 2]);
        Compare.Same(t[1, -2, 3], o[1, -2, 3]);
        Compare.Same(t[TheirIndex.Ellipsis, 0], o[TensorIndex.Ellipsis, 0]);
        Compare.Same(t[.., 1], o[.., 1]);
        Compare.Same(t[1..3], o[1..3]);
        Compare.Same(t[..^1], o[..^1]);
        Compare.Same(t[^2..], o[^2..]);
        Compare.Same(t[.., .., ^1], o[.., .., ^1]);
        Compare.Same(t[2..2], o[2..2]);
        Compare.Same(t[3..1], o[3..1]);
        Compare.Same(t[..100], o[..100]);
        Compare.Same(t[TheirIndex.Null, 1, TheirIndex.None], o[TensorIndex.Null, 1, TensorIndex.None]);
        Compare.Same(t[TheirIndex.Slice(step: 2), TheirIndex.Slice(1, null, 3)], o[TensorIndex.Slice(step: 2), TensorIndex.Slice(1, null, 3)]);
        Compare.Same(t[TheirIndex.Slice(-3, -1)], o[TensorIndex.Slice(-3, -1)]);
        Compare.Same(t[TheirIndex.Ellipsis, TheirIndex.Slice(0, 2), TheirIndex.None], o[TensorIndex.Ellipsis, TensorIndex.Slice(0, 2), TensorIndex.None]);
        Compare.Same(t[0, TheirIndex.Ellipsis, 0], o[0, TensorIndex.Ellipsis, 0]);
        Compare.Same(t[TheirIndex.Colon, TheirIndex.Colon, 2], o[TensorIndex.Colon, TensorIndex.Colon, 2]);
    }

    [Fact]
    public void Tensors_of_positions_agree()
    {
        var (t, o) = (Source.Theirs, Source.Ours);
        var rows = Pair.Of([3], [3L, 0, -1]);
        var grid = Pair.Of([2, 1], [1L, 4]);
        Compare.Same(t[rows.Theirs], o[rows.Ours]);
        Compare.Same(t[grid.Theirs.remainder(4), rows.Theirs.remainder(4)], o[Torch.Tensor([1L, 0], [2, 1]), Torch.Tensor([3L, 0, 3])]);
        Compare.Same(t[TheirIndex.Colon, TheirIndex.Tensor(rows.Theirs)], o[TensorIndex.Colon, TensorIndex.Tensor(rows.Ours)]);
        Compare.Same(t[TheirIndex.Ellipsis, TheirIndex.Tensor(rows.Theirs)], o[TensorIndex.Ellipsis, TensorIndex.Tensor(rows.Ours)]);
        Compare.Same(
            t[TheirIndex.Tensor(rows.Theirs), TheirIndex.Colon, TheirIndex.Tensor(grid.Theirs)],
            o[TensorIndex.Tensor(rows.Ours), TensorIndex.Colon, TensorIndex.Tensor(grid.Ours)]);
        Compare.Same(
            t[TheirIndex.Slice(1, 3), TheirIndex.Tensor(rows.Theirs), TheirIndex.Tensor(grid.Theirs)],
            o[TensorIndex.Slice(1, 3), TensorIndex.Tensor(rows.Ours), TensorIndex.Tensor(grid.Ours)]);
    }

    [Fact]
    public void Masks_agree()
    {
        var (t, o) = (Source.Theirs, Source.Ours);
        Compare.Same(t[t > 0], o[o > 0]);
        var rows = Pair.Bools([4], 3);
        Compare.Same(t[rows.Theirs], o[rows.Ours]);
        Compare.Same(t.masked_select(t < 0), o.MaskedSelect(o < 0));
        Compare.Same(t.nonzero(), o.Nonzero());
    }

    [Fact]
    public void Assignment_agrees()
    {
        var value = Pair.Floats([6]);
        Same((t, v) => t[1] = v, (t, v) => t[1] = v, value);
        Same((t, v) => t[.., 2] = v, (t, v) => t[.., 2] = v, value);
        Same((t, v) => t[1..3, 0] = v, (t, v) => t[1..3, 0] = v, value);
        Same((t, v) => t[0, 1, 2] = v[0], (t, v) => t[0, 1, 2] = v[0], value);
        Same((t, v) => t[TheirIndex.Ellipsis, TheirIndex.Slice(1, 3)] = v[..2], (t, v) => t[TensorIndex.Ellipsis, TensorIndex.Slice(1, 3)] = v[..2], value);
        var rows = Pair.Of([2], [3L, 1]);
        Same((t, v) => t[rows.Theirs] = v, (t, v) => t[rows.Ours] = v, value);
        Same((t, v) => t[t > 0] = v[0], (t, v) => t[t > 0] = v[0], value);
        Same(
            (t, v) => t[TheirIndex.Colon, TheirIndex.Tensor(rows.Theirs)] = v,
            (t, v) => t[TensorIndex.Colon, TensorIndex.Tensor(rows.Ours)] = v,
            value);
        Same((t, v) => t.index_put_(v, TheirIndex.Single(2)), (t, v) => t.IndexPut_(v, TensorIndex.Single(2)), value);
        Same((t, v) => t.copy_(v), (t, v) => t.Copy_(v), value);
        Same((t, v) => t.fill_(2.5), (t, v) => t.Fill_(2.5), value);
        Same((t, v) => t.transpose(0, 1).masked_fill_(t.transpose(0, 1) > 0, 9), (t, v) => t.Transpose(0, 1).MaskedFill_(t.Transpose(0, 1) > 0, 9), value);
    }

    [Fact]
    public void An_overlapping_assignment_reads_before_it_writes()
    {
        var x = Torch.Arange(6);
        x[1..] = x[..^1];
        Assert.Equal([0, 0, 1, 2, 3, 4], x.ToArray<long>());
    }

    [Fact]
    public void Gather_index_select_and_topk_agree()
    {
        var x = Pair.Floats([4, 5], 3);
        var index = Pair.Integers([3, 5], 4, 0, 4);
        Compare.Same(x.Theirs.gather(0, index.Theirs), x.Ours.Gather(0, index.Ours));
        Compare.Same(x.Theirs.gather(-1, index.Theirs), x.Ours.Gather(-1, index.Ours));
        Compare.Same(x.Theirs.transpose(0, 1).gather(1, index.Theirs), x.Ours.Transpose(0, 1).Gather(1, index.Ours));
        var positions = Pair.Of([4], [3L, 0, 0, 2]);
        Compare.Same(x.Theirs.index_select(1, positions.Theirs), x.Ours.IndexSelect(1, positions.Ours));
        Compare.Same(x.Theirs.transpose(0, 1).index_select(1, positions.Theirs), x.Ours.Transpose(0, 1).IndexSelect(1, positions.Ours));
        foreach (var (dim, largest) in new[] { (-1, true), (0, false), (1, false) })
        {
            var (values, indices) = x.Theirs.topk(3, dim, largest);
            var (ourValues, ourIndices) = x.Ours.Topk(3, dim, largest);
            Compare.Same(values, ourValues);
            Compare.Same(indices, ourIndices);
        }
    }

    [Fact]
    public void Positions_outside_are_refused()
    {
        var o = Source.Ours;
        Assert.Throws<ArgumentOutOfRangeException>(() => o[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => o[0, -6]);
        Assert.Throws<ArgumentException>(() => o[0, 0, 0, 0]);
        Assert.Throws<ArgumentException>(() => o[TensorIndex.Ellipsis, TensorIndex.Ellipsis]);
        Assert.Throws<ArgumentOutOfRangeException>(() => o[Torch.Tensor([4L])]);
        Assert.Throws<ArgumentException>(() => o[Torch.Tensor([1f])]);
        Assert.Throws<ArgumentOutOfRangeException>(() => o.IndexSelect(0, Torch.Tensor([-1L])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Torch.Zeros(3).Gather(0, Torch.Tensor([3L])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Torch.Zeros(3).Topk(4));
    }

    private static void Same(Action<torch.Tensor, torch.Tensor> theirs, Action<Tensor, Tensor> ours, Pair value)
    {
        var pair = Pair.Floats([4, 5, 6]);
        theirs(pair.Theirs, value.Theirs);
        ours(pair.Ours, value.Ours);
        Compare.Same(pair.Theirs, pair.Ours);
    }
}
