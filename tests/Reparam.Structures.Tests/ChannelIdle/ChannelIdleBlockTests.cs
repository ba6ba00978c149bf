using Reparam.Checkpoints;
using Reparam.Compression.ChannelIdle;
using Reparam.Compression.Structures;
using Reparam.Training;
using Reparam.Training.ChannelIdle;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Structures.Tests.ChannelIdle;

public class ChannelIdleBlockTests
{
    private const int Dim = 6;
    private const int Hidden = 20;

    public static TheoryData<string> Kinds => ["none active", "all active", "seven", "no norms", "hidden norm"];

    [Theory]
    [InlineData(3072, 0.8, 615)]
    [InlineData(1536, 0.9, 154)]
    [InlineData(5120, 0.7, 1536)]
    [InlineData(768, 0.75, 192)]
    [InlineData(7, 0.5, 4)]
    [InlineData(20, 0, 20)]
    [InlineData(20, 1, 0)]
    [InlineData(1, 0.999, 1)]
    public void Active_channels_are_the_ceiling_in_decimal(long hidden, double ratio, int expected)
    {
        Assert.Equal(expected, ChannelIdleAttribute.ActiveChannels(hidden, ratio));
        Assert.Equal(expected, new ChannelIdleAttribute(ratio).ActiveOf(hidden));
    }

    [Fact]
    public void A_count_of_active_channels_beats_the_ratio_and_has_bounds()
    {
        // The reference's own count of 5120 channels at 0.7, which its float arithmetic makes.
        Assert.Equal(1537, new ChannelIdleAttribute(0.7) { Active = 1537 }.ActiveOf(5120));
        Assert.Equal(0, new ChannelIdleAttribute { Active = 0 }.ActiveOf(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelIdleAttribute { Active = 6 }.ActiveOf(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelIdleAttribute(1.5).ActiveOf(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelIdleAttribute(double.NaN).ActiveOf(5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Both_forms_are_the_papers_in_float64(string kind)
    {
        using var block = Trained(kind, ScalarType.Float64);
        var oracle = new Oracle(block, block.Active, kind == "seven" ? 1e-3 : 1e-5);
        var x = Enumerable.Range(0, 5 * Dim).Select(i => 2 * Math.Sin((i * 1.3) + 0.2)).ToArray();
        var expected = x.Chunk(Dim).SelectMany(oracle.Forward).ToArray();
        block.eval();
        Assert.InRange(Difference(expected, Run(block, x)), 0, 5e-14);
        block.Fold();
        Assert.InRange(Difference(expected, Run(block, x)), 0, 5e-14);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_float32_fold_keeps_the_outputs_to_1e_5(string kind)
    {
        using var block = Trained(kind, ScalarType.Float32);
        block.eval();
        var before = Outputs.Of(block, 3, 4, Dim);
        block.Fold();
        Assert.InRange(Outputs.Difference(before, Outputs.Of(block, 3, 4, Dim)), 0, 1e-5);
    }

    [Theory]
    [InlineData("seven", 7)]
    [InlineData("no norms", 8)]
    [InlineData("none active", 0)]
    public void The_folded_block_has_the_papers_parameters_and_rank(string kind, int active)
    {
        using var block = Trained(kind, ScalarType.Float64);
        var folded = block.Fold();
        Assert.Equal(active, block.Active);
        Assert.Equal((Dim * Dim) + Dim + (2 * Dim * active) + active, folded.parameters().Sum(p => p.numel()));
        using var main = folded.state_dict()["main.weight"] - eye(Dim, dtype: ScalarType.Float64);
        Assert.InRange(linalg.matrix_rank(main).item<long>(), 1, Math.Min(Dim, Hidden - active));
    }

    [Fact]
    public void The_rank_of_the_linear_part_is_bounded_by_the_idle_channels()
    {
        using var block = new SevenActive(Dim, 9, 7);
        block.to(ScalarType.Float64);
        using var main = block.Fold().state_dict()["main.weight"] - eye(Dim, dtype: ScalarType.Float64);
        Assert.Equal(2, linalg.matrix_rank(main).item<long>());
    }

    [Fact]
    public void All_active_channels_need_no_linear_part()
    {
        using var block = Trained("all active", ScalarType.Float32);
        Assert.Equal(["inner.weight", "inner.bias", "outer.weight", "outer.bias"], block.Fold().state_dict().Keys);
    }

    [Fact]
    public void Training_differs_from_evaluation_by_the_statistics_alone()
    {
        using var block = new SevenActive(Dim, Hidden, 7);
        using var x = tensor(Outputs.Input(64 * Dim), 64, Dim);
        block.train();

        // Running statistics of the same batch, as they are after endless steps; the running variance is the unbiased one.
        Tensor trained = null!;
        for (var i = 0; i < 400; i++)
        {
            trained = block.call(x);
        }

        using (no_grad())
        {
            foreach (var (name, buffer) in block.named_buffers().Where(b => b.name.EndsWith("running_var", StringComparison.Ordinal)))
            {
                buffer.mul_(63.0 / 64);
            }
        }

        block.eval();
        Assert.InRange(Outputs.Difference(trained.data<float>().ToArray(), block.call(x).data<float>().ToArray()), 0, 1e-5);
    }

    [Fact]
    public void Statistics_are_over_all_tokens_of_all_samples()
    {
        using var block = new SevenActive(Dim, Hidden, 7);
        using var flat = tensor(Outputs.Input(24 * Dim), 24, Dim);
        block.train();
        var expected = block.call(flat).data<float>().ToArray();
        Assert.Equal(expected, block.call(flat.view(2, 3, 4, Dim)).contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Drop_path_leaves_out_whole_samples_in_training_alone()
    {
        random.manual_seed(1);
        using var block = new HiddenNorm(Dim, Hidden, 10);
        using var x = ones(64, 3, Dim);
        block.train();
        var dropped = (block.call(x) - x).abs().sum([1, 2]).data<float>().ToArray().Count(value => value == 0);
        Assert.InRange(dropped, 16, 48);
        block.eval();
        Assert.Equal(block.call(x).data<float>().ToArray(), block.call(x).data<float>().ToArray());
        Assert.DoesNotContain(0f, (block.call(x) - x).abs().sum([1, 2]).data<float>().ToArray());
    }

    [Fact]
    public void The_idle_channels_are_the_last_ones()
    {
        // Permuted channels with the same permutation of fc1's rows, the norm and fc2's columns are the same block only where active stay active.
        using var block = Trained("seven", ScalarType.Float64);
        var x = Enumerable.Range(0, Dim).Select(i => Math.Cos(i)).ToArray();
        block.eval();
        var before = Run(block, x);
        long[] within = [3, 0, 6, 1, 2, 5, 4, .. Enumerable.Range(7, 13).Reverse().Select(i => (long)i)];
        Permute(block, within);
        Assert.InRange(Difference(before, Run(block, x)), 0, 1e-13);
        Permute(block, [19, .. Enumerable.Range(0, 19).Select(i => (long)i)]);
        Assert.True(Difference(before, Run(block, x)) > 1e-3);
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using var block = Trained("seven", ScalarType.Float64);
        using var x = tensor([.. Enumerable.Range(0, 10 * Dim).Select(i => Math.Sin(i * 0.9))], 10, Dim);
        foreach (var mode in new[] { true, false })
        {
            block.train(mode);
            double Loss() => block.call(x).square().mean().item<double>();
            block.zero_grad();
            block.call(x).square().mean().backward();
            foreach (var (name, parameter) in block.named_parameters())
            {
                var gradient = parameter.grad!.view(-1)[1].item<double>();
                using var noGrad = no_grad();
                var element = parameter.view(-1)[1];
                element.add_(1e-5);
                var above = Loss();
                element.sub_(2e-5);
                var below = Loss();
                element.add_(1e-5);
                Assert.True(Math.Abs(((above - below) / 2e-5) - gradient) < 1e-6 * (1 + Math.Abs(gradient)), $"{name}: {gradient} is not {(above - below) / 2e-5}");
            }
        }
    }

    [Fact]
    public void A_folded_class_that_computes_something_else_is_refused_and_the_block_stays_as_it_is()
    {
        using var block = new OtherActivation(Dim, Hidden, 10);
        block.train();
        Assert.Contains("does not compute what the block does", Assert.Throws<StructureException>(() => block.Fold()).Message, StringComparison.Ordinal);
        Assert.False(block.IsFolded);
        Assert.True(block.training);
        Assert.All(block.parameters(), p => Assert.True(p.requires_grad));
        using var wrong = new SevenActive(Dim, Hidden, 8);
        Assert.Contains("'inner.weight' [7, 6] where it has [8, 6]", Assert.Throws<StructureException>(() => wrong.Fold()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiny_variances_and_unseen_batches_are_told()
    {
        using var block = new SevenActive(Dim, Hidden, 7);
        block.to(ScalarType.Float64);
        block.Fold();
        Assert.Equal(["'norm1' has seen no batch: its statistics are those it was made with", "'norm2' has seen no batch: its statistics are those it was made with"], block.FoldNotes.Order());
        block.Unfold();
        using (no_grad())
        {
            block.state_dict()["norm2.weight"].fill_(100);
            block.state_dict()["norm2.running_var"].fill_(0);
        }

        block.Fold();
        Assert.Contains(block.FoldNotes, note => note.StartsWith("'norm2' scales a channel by 3162", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("norm1.running_mean", "has a norm 'norm1' without running_mean and running_var, expected a batch norm")]
    [InlineData("norm2", "has no batch norm 'norm2', and Norms is Both")]
    [InlineData("fc2.weight", "has no tensor 'fc2.weight'")]
    public void A_state_that_cannot_be_folded_is_refused_by_name(string removed, string part)
    {
        var state = State(new SevenActive(Dim, Hidden, 7), name => !name.StartsWith(removed, StringComparison.Ordinal));
        var method = new ChannelIdleFold();
        Assert.True(method.IsUnfolded(state));
        Assert.Contains(part, Assert.Throws<StructureException>(() => Values(method.Fold(state, new ChannelIdleAttribute { Active = 7 }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_count_of_active_channels_than_was_trained_is_refused()
    {
        var state = State(new SevenActive(Dim, Hidden, 7), _ => true);
        var refused = Assert.Throws<StructureException>(() => new ChannelIdleFold().Fold(state, new ChannelIdleAttribute { Active = 8 }));
        Assert.Contains("was trained with 7 active channels", refused.Message, StringComparison.Ordinal);
        Assert.Throws<StructureException>(() => new ChannelIdleFold().Fold(state, new ChannelIdleAttribute { Active = 21 }));
    }

    [Fact]
    public void Values_that_are_no_numbers_are_refused_by_name()
    {
        using var block = new SevenActive(Dim, Hidden, 7);
        using (no_grad())
        {
            block.state_dict()["norm1.running_var"].fill_(-1);
        }

        Assert.Contains("a variance of -1 in 'norm1.running_var' at 0", Assert.Throws<StructureException>(() => block.Fold()).Message, StringComparison.Ordinal);
        using (no_grad())
        {
            block.state_dict()["norm1.running_var"].fill_(1);
            block.state_dict()["fc1.bias"].view(-1)[2] = float.NaN;
        }

        Assert.Contains("'fc1.bias' with 1 values that are not finite", Assert.Throws<StructureException>(() => block.Fold()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Short_floats_are_folded_in_float64_and_rounded_once(ScalarType type)
    {
        using var block = Trained("seven", ScalarType.Float32);
        block.to(type);
        var folded = block.Fold();
        using var wide = Trained("seven", ScalarType.Float32);
        wide.to(type);
        wide.to(ScalarType.Float64);
        var exact = wide.Fold();
        Assert.All(exact.state_dict(), e => Assert.True(folded.state_dict()[e.Key].eq(e.Value.to(type)).all().item<bool>(), e.Key));
    }

    private static void Permute(ChannelIdleBlock<AnyFolded> block, long[] order)
    {
        using var noGrad = no_grad();
        using var index = tensor(order);
        foreach (var (name, dimension) in ((string, int)[])[("fc1.weight", 0), ("fc1.bias", 0), ("norm2.weight", 0), ("norm2.bias", 0), ("norm2.running_mean", 0), ("norm2.running_var", 0), ("fc2.weight", 1)])
        {
            var tensor = block.state_dict()[name];
            tensor.copy_(tensor.index_select(dimension, index).clone());
        }
    }

    private static BlockState State(nn.Module block, Func<string, bool> keeps) => new("b", block.state_dict().Where(e => keeps(e.Key)).Select(e => new BlockTensor(
        e.Key, [.. e.Value.shape], () => e.Value.detach().to(ScalarType.Float64).data<double>().ToArray())));

    private static double[][] Values(IReadOnlyList<FoldedTensor> tensors) => [.. tensors.Select(t => t.Compute())];

    private static double[] Run(nn.Module<Tensor, Tensor> block, double[] x)
    {
        using var noGrad = no_grad();
        return block.call(tensor(x, x.Length / Dim, Dim)).contiguous().data<double>().ToArray();
    }

    private static double Difference(double[] expected, double[] found) => expected.Zip(found, (e, f) => Math.Abs(e - f)).Max() / expected.Max(Math.Abs);

    private static ChannelIdleBlock<AnyFolded> Trained(string kind, ScalarType type)
    {
        random.manual_seed(5);
        ChannelIdleBlock<AnyFolded> block = kind switch
        {
            "none active" => new NoneActive(Dim, Hidden, 0),
            "all active" => new AllActive(Dim, Hidden, Hidden),
            "seven" => new SevenActive(Dim, Hidden, 7),
            "no norms" => new WithoutNorms(Dim, Hidden, 8),
            _ => new HiddenNorm(Dim, Hidden, 10),
        };
        using var optimizer = optim.SGD(block.parameters(), 0.1);
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var x = (randn(16, Dim) * 1.5) + 0.5;
            (block.call(x) - x.roll(1, 1)).square().mean().backward();
            optimizer.step();
        }

        return (ChannelIdleBlock<AnyFolded>)block.to(type);
    }
}
