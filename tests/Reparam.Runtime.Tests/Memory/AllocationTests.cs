using Reparam.Runtime;

namespace Reparam.Runtime.Tests.Memory;

/// <summary>A steady loop with one scope a step allocates nothing, whatever it computes.</summary>
public class AllocationTests
{
    private const int WarmUp = 300;
    private const int Steps = 200;

    // Unoptimised code makes a new array of a collection expression at each call.
    private static readonly long[] Last = [-1];

    [Fact]
    public void A_decoder_step_with_a_growing_cache_allocates_nothing()
    {
        var block = new Block(64, 4, 96);
        var x = Torch.Tensor(Parity.Pair.FloatValues(64, 1, ugly: false), [1L, 1, 64]);
        AssertNothing(position => block.Forward(x, position % 90));
    }

    [Fact]
    public void A_small_convolution_network_allocates_nothing()
    {
        var network = Nn.Sequential(
            Nn.Conv2d(3, 8, 3, padding: 1), Nn.ReLU(), Nn.MaxPool2d(2), Nn.Conv2d(8, 8, 3, groups: 4), Nn.GELU(), Nn.AdaptiveAvgPool2d(1), Nn.Flatten(), Nn.Linear(8, 10));
        Fill.Randomly(network);
        var image = Torch.Ones(1, 3, 16, 16);
        AssertNothing(_ => network.Call(image));
    }

    [Fact]
    public void Parts_reductions_and_indexing_allocate_nothing()
    {
        var x = Torch.Tensor(Parity.Pair.FloatValues(6 * 8, 1, ugly: false), [6L, 8]);
        AssertNothing(step =>
        {
            var parts = x.Chunk(2, 1);
            var sum = parts[0] * parts[1] + x[.., ..4].Mean(Last, keepdim: true);
            var (values, _) = sum.Max(-1);
            return Torch.Where(values > 0, values, 0.5 * values).Cumsum(0).Argmax();
        });
    }

    [Fact]
    public void A_product_on_all_threads_allocates_nothing()
    {
        var (x, weight) = (Torch.Ones(64, 200), Torch.Ones(600, 200));
        AssertNothing(_ => Functional.Linear(x, weight));
    }

    private static void AssertNothing(Func<int, Tensor> step)
    {
        for (var i = 0; i < WarmUp; i++)
        {
            using var scope = Torch.NewDisposeScope();
            step(i);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Steps; i++)
        {
            using var scope = Torch.NewDisposeScope();
            step(WarmUp + i);
        }

        var perStep = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Steps;

        // Tiered compilation may box now and then on this thread; a single tensor object would be 200 bytes a step.
        Assert.True(perStep < 8, $"{perStep} bytes a step");
    }

    /// <summary>Attention with a cache, a norm and a gated feed-forward part, as the samples write them.</summary>
    private sealed class Block
    {
        private readonly int heads;
        private readonly int width;
        private readonly Linear qkv;
        private readonly Linear output;
        private readonly Linear up;
        private readonly Linear down;
        private readonly LayerNorm norm;
        private readonly Tensor keys;
        private readonly Tensor values;

        public Block(int width, int heads, int context)
        {
            this.width = width;
            this.heads = heads;
            qkv = Fill.Randomly(Nn.Linear(width, 3 * width, hasBias: false));
            output = Fill.Randomly(Nn.Linear(width, width));
            up = Fill.Randomly(Nn.Linear(width, 172));
            down = Fill.Randomly(Nn.Linear(172, width));
            norm = Fill.Randomly(Nn.LayerNorm(width));
            keys = Torch.Zeros(1, heads, context, width / heads);
            values = Torch.Zeros(1, heads, context, width / heads);
        }

        public Tensor Forward(Tensor x, int position)
        {
            var rms = x * Torch.Rsqrt(x.Pow(2).Mean(Last, keepdim: true) + 1e-5);
            var parts = qkv.Call(rms).Split(width, -1);
            var q = Heads(parts[0]);
            keys[.., .., position..(position + 1)] = Heads(parts[1]);
            values[.., .., position..(position + 1)] = Heads(parts[2]);
            var k = keys[.., .., ..(position + 1)];
            var v = values[.., .., ..(position + 1)];
            var scores = (q.Matmul(k.Transpose(-2, -1)) / Math.Sqrt(width / heads)).Softmax(-1);
            var mixed = scores.Matmul(v).Transpose(1, 2).Contiguous().View(1, 1, width);
            var y = x + output.Call(mixed);
            return y + down.Call(Functional.Silu(up.Call(norm.Call(y))));
        }

        private Tensor Heads(Tensor x) => x.View(1, -1, heads, width / heads).Transpose(1, 2);
    }
}
