using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class JoiningParityTests
{
    [Fact]
    public void Cat_and_stack_agree()
    {
        var (a, b, c) = (Pair.Floats([2, 3]), Pair.Floats([4, 3], 2), Pair.Integers([2, 3]));
        var turned = Pair.Floats([3, 2], 4).Map(t => t.T, t => t.T);
        Compare.Same(torch.cat([a.Theirs, b.Theirs]), Torch.Cat([a.Ours, b.Ours]));
        Compare.Same(torch.cat([a.Theirs, turned.Theirs], -1), Torch.Cat([a.Ours, turned.Ours], -1));
        Compare.Same(torch.cat([a.Theirs, c.Theirs], 1), Torch.Cat([a.Ours, c.Ours], 1));
        Compare.Same(torch.cat([torch.zeros(0), a.Theirs]), Torch.Cat([Torch.Zeros(0), a.Ours]));
        Compare.Same(torch.stack([a.Theirs, turned.Theirs], 1), Torch.Stack([a.Ours, turned.Ours], 1));
        Compare.Same(torch.stack([a.Theirs, a.Theirs], -1), Torch.Stack([a.Ours, a.Ours], -1));
        Compare.Same(torch.cat(new List<torch.Tensor> { a.Theirs, a.Theirs }, 0), Torch.Cat(new List<Tensor> { a.Ours, a.Ours }, 0));
        Assert.Throws<ArgumentException>(() => Torch.Cat([a.Ours, b.Ours], 1));
        Assert.Throws<ArgumentException>(() => Torch.Stack([a.Ours, b.Ours]));
        Assert.Throws<ArgumentException>(() => Torch.Cat([]));
        Assert.Throws<ArgumentException>(() => Torch.Cat([Torch.Zeros([]), a.Ours]));
    }

    [Fact]
    public void Split_chunk_and_unbind_agree()
    {
        var x = Pair.Floats([7, 3]).Map(t => t.T, t => t.T);
        Same(x.Theirs.split(3, 1), x.Ours.Split(3, 1));
        Same(x.Theirs.split([2, 5], 1), x.Ours.Split([2, 5], 1));
        Same(x.Theirs.chunk(3, 1), x.Ours.Chunk(3, 1));
        Same(x.Theirs.chunk(5, 1), x.Ours.Chunk(5, 1));
        Same(x.Theirs.chunk(4, 0), x.Ours.Chunk(4, 0));
        Same(x.Theirs.unbind(0), x.Ours.Unbind(0));
        Same(x.Theirs.unbind(-1), x.Ours.Unbind(-1));
        Assert.Throws<ArgumentException>(() => x.Ours.Split([2, 4], 1));
        Assert.Throws<ArgumentException>(() => x.Ours.Chunk(0));
        Assert.Throws<ArgumentException>(() => x.Ours.Split(0));
    }

    [Fact]
    public void Repeat_and_repeat_interleave_agree()
    {
        foreach (var x in Pair.Floats([3, 2]).Layouts())
        {
            Compare.Same(x.Theirs.repeat(2, 3), x.Ours.Repeat(2, 3));
            Compare.Same(x.Theirs.repeat(2, 1, 1), x.Ours.Repeat(2, 1, 1));
            Compare.Same(x.Theirs.repeat(1, 1), x.Ours.Repeat(1, 1));
            Compare.Same(x.Theirs.repeat(0, 1), x.Ours.Repeat(0, 1));
            Compare.Same(x.Theirs.repeat_interleave(3, 1), x.Ours.RepeatInterleave(3, 1));
            Compare.Same(x.Theirs.repeat_interleave(2, 0), x.Ours.RepeatInterleave(2, 0));
            Compare.Same(x.Theirs.repeat_interleave(2), x.Ours.RepeatInterleave(2));
        }

        Assert.Throws<ArgumentException>(() => Torch.Zeros(2, 3).Repeat(2));
    }

    [Fact]
    public void A_copy_made_by_repeat_does_not_share_memory()
    {
        var x = Torch.Zeros(2);
        x.Repeat(1).Fill_(1);
        Assert.Equal([0f, 0f], x.ToArray<float>());
    }

    [Fact]
    public void Creation_agrees()
    {
        Compare.Same(torch.arange(5), Torch.Arange(5));
        Compare.Same(torch.arange(2, 9), Torch.Arange(2, 9));
        Compare.Same(torch.arange(9, 2, -3), Torch.Arange(9, 2, -3));
        Compare.Same(torch.arange(0, 1, 0.25), Torch.Arange(0, 1, 0.25), 1e-7);
        Compare.Same(torch.arange(0.5f, 3), Torch.Arange(0.5f, 3));
        Compare.Same(torch.arange(0, 6, 2, torch.float32), Torch.Arange(0, 6, 2, DType.Float32));
        Compare.Same(torch.arange(0), Torch.Arange(0));
        Compare.Same(torch.zeros(2, 3), Torch.Zeros(2, 3));
        Compare.Same(torch.ones(new long[] { 2, 0 }, torch.int64), Torch.Ones([2, 0], DType.Int64));
        Compare.Same(torch.full(2, 2, 1.5), Torch.Full(2, 2, 1.5));
        Compare.Same(torch.full(new long[] { 3 }, 7), Torch.Full([3], 7));
        Compare.Same(torch.full(new long[] { 3 }, true), Torch.Full([3], true));
        Compare.Same(torch.zeros_like(torch.ones(2, 2, torch.int64)), Torch.ZerosLike(Torch.Ones(2, 2, DType.Int64)));
        Compare.Same(torch.ones_like(torch.ones(2), torch.@bool), Torch.OnesLike(Torch.Ones(2), DType.Bool));
        Compare.Same(torch.full_like(torch.ones(2), 3), Torch.FullLike(Torch.Ones(2), 3));
        Compare.Same(torch.tensor(3L), Torch.Tensor(3L));
        Compare.Same(torch.tensor(2.5f), Torch.Tensor(2.5f));
        Compare.Same(torch.tensor(true), Torch.Tensor(true));
        Compare.Same(torch.tensor(new long[] { 1, 2 }, torch.float32), Torch.Tensor(new long[] { 1, 2 }, DType.Float32));
        Compare.Same(torch.tensor(new float[] { 1, 2, 3, 4 }, 2, 2), Torch.Tensor(new float[] { 1, 2, 3, 4 }, 2, 2));
        Assert.Throws<ArgumentException>(() => Torch.Arange(0, 5, -1));
        Assert.Throws<ArgumentException>(() => Torch.Zeros(-1));
        Assert.Throws<ArgumentException>(() => Torch.Tensor([1f, 2f], [3L]));
    }

    private static void Same(torch.Tensor[] theirs, Tensor[] ours)
    {
        Assert.Equal(theirs.Length, ours.Length);
        for (var i = 0; i < theirs.Length; i++)
        {
            Compare.Same(theirs[i], ours[i]);
        }
    }
}
