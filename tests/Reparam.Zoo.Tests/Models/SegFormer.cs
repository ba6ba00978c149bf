//! new Zoo.SegFormer(classes: 3) : randn(1, 3, 32, 32)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo
{
    /// <summary>SegFormer: overlapping patches, attention over a reduced image, a decoder that brings all stages to one size.</summary>
    public class SegFormer : Module<Tensor, Tensor>
    {
        private readonly ModuleList<SegStage> stages;
        private readonly ModuleList<Sequential> to_fused;
        private readonly Sequential to_segmentation;

        public SegFormer(int classes, int[] dims = null, int[] heads = null, int[] reductions = null, int decoder_dim = 16) : base("SegFormer")
        {
            dims ??= new int[] { 8, 16, 24 };
            heads ??= new int[] { 1, 2, 3 };
            reductions ??= new int[] { 4, 2, 1 };
            stages = new ModuleList<SegStage>();
            to_fused = new ModuleList<Sequential>();
            int input = 3;
            for (int i = 0; i < dims.Length; i++)
            {
                stages.Add(new SegStage(input, dims[i], heads[i], reductions[i], i == 0 ? 7 : 3, i == 0 ? 4 : 2));
                to_fused.Add(Sequential(
                    Conv2d(dims[i], decoder_dim, 1),
                    Upsample(scale_factor: new double[] { 1 << i, 1 << i }, mode: UpsampleMode.Nearest)));
                input = dims[i];
            }

            to_segmentation = Sequential(Conv2d(dims.Length * decoder_dim, decoder_dim, 1), Conv2d(decoder_dim, classes, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var outputs = new List<Tensor>();
            for (int i = 0; i < stages.Count; i++)
            {
                x = stages[i].forward(x);
                outputs.Add(to_fused[i].forward(x));
            }

            Tensor fused = torch.cat(outputs, 1);
            return to_segmentation.forward(fused);
        }
    }

    internal class SegStage : Module<Tensor, Tensor>
    {
        private Conv2d proj;
        private ChannelNorm norm1;
        private ReducedAttention attention;
        private ChannelNorm norm2;
        private MixFeedForward feedForward;

        public SegStage(int input, int dim, int heads, int reduction, int kernel, int stride) : base("SegStage")
        {
            proj = Conv2d(input, dim, kernel, stride: stride, padding: kernel / 2);
            norm1 = new ChannelNorm(dim);
            attention = new ReducedAttention(dim, heads, reduction);
            norm2 = new ChannelNorm(dim);
            feedForward = new MixFeedForward(dim, 2);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = proj.forward(x);
            x = attention.forward(norm1.forward(x)) + x;
            x = feedForward.forward(norm2.forward(x)) + x;
            return x;
        }
    }

    internal class ChannelNorm : Module<Tensor, Tensor>
    {
        private float eps;
        private Parameter g;
        private Parameter b;

        public ChannelNorm(int dim, float eps = 1e-5f) : base("LayerNorm")
        {
            this.eps = eps;
            g = Parameter(torch.ones(new long[] { 1, dim, 1, 1 }));
            b = Parameter(torch.zeros(new long[] { 1, dim, 1, 1 }));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            Tensor std = torch.var(x, 1, false, true).sqrt();
            Tensor mean = torch.mean(x, new long[] { 1 }, keepdim: true);
            return (x - mean) / (std + eps) * g + b;
        }
    }

    internal class ReducedAttention : Module<Tensor, Tensor>
    {
        private readonly int heads;
        private readonly float scale;
        private readonly Conv2d to_q;
        private readonly Conv2d to_kv;
        private readonly Conv2d to_out;

        public ReducedAttention(int dim, int heads, int reduction_ratio) : base("EfficientSelfAttention")
        {
            scale = (float)Math.Pow(dim / heads, -0.5);
            this.heads = heads;
            to_q = Conv2d(dim, dim, 1, bias: false);
            to_kv = Conv2d(dim, dim * 2, reduction_ratio, stride: reduction_ratio, bias: false);
            to_out = Conv2d(dim, dim, 1, bias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            long h = x.shape[2], w = x.shape[3];
            Tensor q = to_q.forward(x);
            Tensor[] kv = to_kv.forward(x).chunk(2, 1);
            q = Split(q);
            Tensor k = Split(kv[0]);
            Tensor v = Split(kv[1]);
            Tensor sim = torch.einsum("bid,bjd->bij", q, k) * scale;
            Tensor attn = sim.softmax(-1);
            Tensor @out = torch.einsum("bij,bjd->bid", attn, v);
            @out = @out.view(x.shape[0], heads, h * w, -1).permute(0, 1, 3, 2).reshape(x.shape[0], -1, h, w);
            return to_out.forward(@out);
        }

        private Tensor Split(Tensor t) => t.reshape(t.shape[0] * heads, t.shape[1] / heads, -1).transpose(1, 2);
    }

    internal class MixFeedForward : Module<Tensor, Tensor>
    {
        private readonly Sequential net;

        public MixFeedForward(int dim, int expansion) : base("MixFeedForward")
        {
            int hidden = dim * expansion;
            net = Sequential(
                Conv2d(dim, hidden, 1),
                Conv2d(hidden, hidden, 3, padding: 1, groups: hidden),
                GELU(),
                Conv2d(hidden, dim, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => net.forward(x);
    }
}
