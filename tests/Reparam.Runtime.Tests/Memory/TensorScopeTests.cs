using Reparam.Runtime;

namespace Reparam.Runtime.Tests.Memory;

public class TensorScopeTests
{
    [Fact]
    public void A_tensor_is_released_with_its_scope()
    {
        Tensor inside;
        using (Torch.NewDisposeScope())
        {
            inside = Torch.Ones(3);
            Assert.False(inside.IsInvalid);
        }

        Assert.True(inside.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => inside.Sum());
        Assert.Throws<ObjectDisposedException>(() => inside.Shape.Length);
        Assert.Throws<ObjectDisposedException>(() => inside.Span<float>().Length);
        Assert.Throws<ObjectDisposedException>(() => Torch.Ones(3) + inside);
    }

    [Fact]
    public void A_tensor_without_a_scope_lives_on()
    {
        var outside = Torch.Ones(3);
        using (Torch.NewDisposeScope())
        {
            _ = outside.Add(1);
        }

        Assert.Equal(3f, (float)outside.Sum());
    }

    [Fact]
    public void A_moved_tensor_lives_until_the_outer_scope_ends()
    {
        Tensor moved;
        using (Torch.NewDisposeScope())
        {
            using (Torch.NewDisposeScope())
            {
                moved = Torch.Ones(2).Mul(3).MoveToOuterDisposeScope();
            }

            // Other tensors of the same size must not be given its memory.
            _ = Torch.Zeros(2);
            Assert.Equal([3f, 3f], moved.ToArray<float>());
        }

        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void A_tensor_moved_out_of_every_scope_keeps_its_memory()
    {
        Tensor kept;
        using (Torch.NewDisposeScope())
        {
            kept = Torch.Full([5], 7f).MoveToOuterDisposeScope();
        }

        using (Torch.NewDisposeScope())
        {
            for (var i = 0; i < 200; i++)
            {
                _ = Torch.Zeros(5);
            }
        }

        Assert.Equal([7f, 7f, 7f, 7f, 7f], kept.ToArray<float>());
    }

    [Fact]
    public void A_view_keeps_the_memory_of_what_it_looks_at()
    {
        using var scope = Torch.NewDisposeScope();
        var whole = Torch.Arange(8).Float();
        var view = whole[4..];
        whole.Dispose();
        _ = Torch.Zeros(8);
        Assert.Equal([4f, 5f, 6f, 7f], view.ToArray<float>());
    }

    [Fact]
    public void Disposing_gives_the_memory_back_at_once_and_a_second_time_does_nothing()
    {
        using var scope = Torch.NewDisposeScope();
        var first = Torch.Zeros(100);
        var before = scope.DisposablesCount;
        first.Dispose();
        first.Dispose();
        Assert.Equal(before - 1, scope.DisposablesCount);
        Assert.Throws<ObjectDisposedException>(() => first.Sum());
    }

    [Fact]
    public void Ending_an_outer_scope_ends_the_inner_ones()
    {
        var outer = Torch.NewDisposeScope();
        var inner = Torch.NewDisposeScope();
        var tensor = Torch.Zeros(1);
        outer.Dispose();
        Assert.True(tensor.IsInvalid);
        inner.Dispose();
        Assert.Throws<ObjectDisposedException>(() => inner.DisposablesCount);
    }

    [Fact]
    public void A_handle_of_an_ended_scope_cannot_end_the_next_one()
    {
        var first = Torch.NewDisposeScope();
        first.Dispose();
        using var second = Torch.NewDisposeScope();
        var tensor = Torch.Zeros(1);
        first.Dispose();
        Assert.False(tensor.IsInvalid);
    }

    [Fact]
    public void A_scope_ends_on_its_own_thread_only()
    {
        using var scope = Torch.NewDisposeScope();
        Exception? found = null;
        var thread = new Thread(() => found = Record.Exception(scope.Dispose));
        thread.Start();
        thread.Join();
        Assert.IsType<InvalidOperationException>(found);
    }

    [Fact]
    public void Parts_and_the_scope_itself_behave_as_TorchSharp_has_them()
    {
        using var scope = Torch.NewDisposeScope();
        var parts = Torch.Arange(6).Split(2);
        Assert.Equal(3, parts.Length);
        var kept = scope.Detach(parts[1].Clone());
        scope.DisposeEverything();
        Assert.Equal(0, scope.DisposablesCount);
        Assert.Equal([2, 3], kept.ToArray<long>());
        Assert.False(scope.MoveToOuter(Torch.Zeros(1)).IsInvalid);
    }

    [Fact]
    public void Contiguous_and_to_give_tensors_of_their_own()
    {
        var x = Torch.Ones(2, 2);
        x.Contiguous().Dispose();
        x.To(DType.Float32).Dispose();
        x.Detach().Dispose();
        Assert.Equal(4f, (float)x.Sum());
    }

    [Fact]
    public void A_weight_before_loading_has_nothing_to_release()
    {
        var layer = Nn.Linear(3, 2);
        using (Init.XavierUniform_(layer.Weight))
        {
        }

        Fill.Randomly(layer);
        Assert.Equal([4, 2], layer.Call(Torch.Ones(4, 3)).Shape.ToArray());
    }

    [Fact]
    public void Tensors_are_moved_to_another_scope_and_live_as_long_as_it()
    {
        var owner = Torch.NewDisposeScope();
        Tensor moved, other, dropped, kept;
        using (var inner = Torch.NewDisposeScope())
        {
            moved = Torch.Ones(2).MoveToOtherDisposeScope(owner);
            (other, _) = inner.MoveToOther(owner, Torch.Ones(3), Torch.Ones(4));
            Assert.True(owner.Contains(moved));
            Assert.False(inner.Contains(moved));
            dropped = Torch.Ones(5);
            kept = inner.DisposeEverythingBut(Torch.Ones(6));
            Assert.True(dropped.IsInvalid);
            Assert.True(inner.Contains(kept));
            inner.MoveToOuter((IEnumerable<Tensor>)[kept]);
        }

        Assert.Equal(4, owner.DisposablesCount);
        Assert.Equal([1f, 1f, 1f], other.ToArray<float>());
        owner.Detach(moved, other);
        owner.Dispose();
        Assert.True(kept.IsInvalid);
        Assert.Equal([1f, 1f], moved.ToArray<float>());
        Assert.Throws<ObjectDisposedException>(() => moved.MoveToOtherDisposeScope(owner));
    }
}
