//! new Zoo.SegFormer(labels: 3) : randn(2, 3, 40, 32)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo
{
    /// <summary>
    /// SegFormer (Xie et al., 2021): a hierarchy of transformers over overlapping patches, and a decoder of points alone.
    /// Kinds: a namespace with braces, arrays that may be null with defaults, two lists of modules filled in one loop, one of Sequentials with upsampling,
    /// einsum, var by place, a keyword as name of a local, parameters of an own norm, explicit types, a depthwise convolution in a local.
    /// </summary>
    public class SegFormer : Module<Tensor, Tensor>
    {
        private readonly ModuleList<Level> levels;
        private readonly ModuleList<Sequential> raise;
        private readonly Sequential label;

        public SegFormer(int labels, int[] widths = null, int[] heads = null, int[] shrink = null, int shared = 16) : base("SegFormer")
        {
            widths ??= new int[] { 8, 16, 48 };
            heads ??= new int[] { 1, 2, 3 };
            shrink ??= new int[] { 2, 2, 1 };
            levels = new ModuleList<Level>();
            raise = new ModuleList<Sequential>();
            for (int depth = 0; depth < widths.Length; depth++)
            {
                bool isFirst = depth == 0;
                int from = isFirst ? 3 : widths[depth - 1];
                levels.Add(new Level(from, widths[depth], heads[depth], shrink[depth], window: isFirst ? 7 : 3, step: isFirst ? 4 : 2));

                // Each level is half as large as the one before it.
                double times = Math.Pow(2, depth);
                raise.Add(Sequential(
                    Conv2d(widths[depth], shared, 1),
                    Upsample(scale_factor: new double[] { times, times }, mode: UpsampleMode.Nearest)));
            }

            label = Sequential(Conv2d(shared * widths.Length, shared, 1), Conv2d(shared, labels, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture)
        {
            List<Tensor> raised = new List<Tensor>();
            Tensor seen = picture;
            for (int depth = 0; depth < levels.Count; depth++)
            {
                seen = levels[depth].forward(seen);
                Tensor large = raise[depth].forward(seen);
                raised.Add(depth == 0 ? large : large[.., .., ..(int)raised[0].shape[2], ..(int)raised[0].shape[3]]);
            }

            return label.forward(torch.cat(raised, 1));
        }
    }

    internal class Level : Module<Tensor, Tensor>
    {
        private Conv2d patches;
        private OverChannels beforeLook;
        private ShrunkAttention look;
        private OverChannels beforeMix;
        private ConvolvedMiddle mix;

        public Level(int from, int width, int heads, int shrink, int window, int step) : base("Level")
        {
            (beforeLook, beforeMix) = (new OverChannels(width), new OverChannels(width));
            patches = Conv2d(from, width, window, stride: step, padding: window / 2);
            look = new ShrunkAttention(width, heads, shrink);
            mix = new ConvolvedMiddle(width, 2);
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture)
        {
            Tensor x = patches.forward(picture);
            x = x + look.forward(beforeLook.forward(x));
            return x + mix.forward(beforeMix.forward(x));
        }
    }

    internal class OverChannels : Module<Tensor, Tensor>
    {
        private float epsilon;
        private Parameter gain;
        private Parameter shift;

        public OverChannels(int channels, float epsilon = 1e-5f) : base("Norm over channels")
        {
            shift = Parameter(torch.zeros(new long[] { 1, channels, 1, 1 }));
            gain = Parameter(torch.ones(new long[] { 1, channels, 1, 1 }));
            this.epsilon = epsilon;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            Tensor centred = x - torch.mean(x, new long[] { 1 }, keepdim: true);
            Tensor spread = torch.var(x, 1, false, true).sqrt() + epsilon;
            return shift + gain * (centred / spread);
        }
    }

    internal class ShrunkAttention : Module<Tensor, Tensor>
    {
        private readonly int heads;
        private readonly float scale;
        private readonly Conv2d ask;
        private readonly Conv2d know;
        private readonly Conv2d answer;

        public ShrunkAttention(int width, int heads, int shrink) : base("Attention over a smaller picture")
        {
            this.heads = heads;
            scale = (float)(1 / Math.Sqrt(width / heads));
            (ask, answer) = (Conv2d(width, width, 1, bias: false), Conv2d(width, width, 1, bias: false));
            know = Conv2d(width, 2 * width, kernel_size: shrink, stride: shrink, bias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            long batch = x.shape[0], height = x.shape[2], width = x.shape[3];
            Tensor[] known = know.forward(x).chunk(2, 1);
            Tensor scores = torch.einsum("bqc,bkc->bqk", ByHead(ask.forward(x)), ByHead(known[0])) * scale;
            Tensor @out = torch.einsum("bqk,bkc->bqc", scores.softmax(-1), ByHead(known[1]));
            @out = @out.view(batch, heads, height * width, -1).permute(0, 1, 3, 2);
            return answer.forward(@out.reshape(batch, -1, height, width));
        }

        private Tensor ByHead(Tensor x) => x.reshape(x.shape[0] * heads, x.shape[1] / heads, -1).transpose(1, 2);
    }

    internal class ConvolvedMiddle : Module<Tensor, Tensor>
    {
        private readonly Sequential steps;

        public ConvolvedMiddle(int width, int times) : base("Middle")
        {
            int wide = times * width;
            Conv2d around = Conv2d(wide, wide, 3, groups: wide, padding: 1);
            steps = Sequential(Conv2d(width, wide, 1), around, GELU(), Conv2d(wide, width, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => steps.forward(x);
    }
}
