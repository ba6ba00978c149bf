//! new Zoo.YoloV8(nc: 4) : rand(1, 3, 64, 64)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>A detector in the shape of YOLOv8: blocks nested in plain containers, a list of mixed modules that a switch runs, a user base class.</summary>
public class YoloV8 : nn.Module<Tensor, Tensor[]>
{
    private readonly ModuleList<nn.Module> model;
    private int[] ch = Array.Empty<int>();

    protected virtual int[] OutputIndexes => new int[] { 4, 6, 9, 12 };

    protected virtual int[] ConcatIndexes => new int[] { 1, 0 };

    public YoloV8(int nc = 80, Device? device = null, ScalarType? dtype = null) : base(nameof(YoloV8))
    {
        model = BuildModel(nc, device, dtype);
        RegisterComponents();
    }

    internal virtual ModuleList<nn.Module> BuildModel(int nc, Device? device, ScalarType? dtype)
    {
        var widths = new List<int> { 32, 64, 128, 256, 512 }.Select(w => Math.Min((int)(w * 0.25f), 64)).ToArray();
        int[] depths = new List<int> { 3, 6 }.Select(d => (int)(d * 0.34f)).ToArray();
        ch = new int[] { widths[2], widths[3] };
        return nn.ModuleList<nn.Module>(
            new YoloConvs.Conv(3, widths[0], 3, 2, device: device, dtype: dtype),
            new YoloConvs.Conv(widths[0], widths[1], 3, 2, device: device, dtype: dtype),
            new YoloBlocks.C2f(widths[1], widths[1], depths[0], true, device: device, dtype: dtype),
            new YoloConvs.Conv(widths[1], widths[2], 3, 2, device: device, dtype: dtype),
            new YoloBlocks.C2f(widths[2], widths[2], depths[1], true, device: device, dtype: dtype),
            new YoloConvs.Conv(widths[2], widths[3], 3, 2, device: device, dtype: dtype),
            new YoloBlocks.C2f(widths[3], widths[3], depths[1], true, device: device, dtype: dtype),
            new YoloConvs.Conv(widths[3], widths[3], 3, 1, device: device, dtype: dtype),
            new YoloBlocks.C2f(widths[3], widths[3], depths[0], true, device: device, dtype: dtype),
            new YoloBlocks.Sppf(widths[3], widths[3], 5, device: device, dtype: dtype),

            nn.Upsample(scale_factor: new double[] { 2, 2 }, mode: UpsampleMode.Nearest),
            new YoloBlocks.Concat(),
            new YoloBlocks.C2f(widths[2] + widths[3], widths[2], depths[0], device: device, dtype: dtype),

            new YoloConvs.Conv(widths[2], widths[2], 3, 2, device: device, dtype: dtype),
            new YoloBlocks.Concat(),
            new YoloBlocks.C2f(widths[2] + widths[3], widths[3], depths[0], device: device, dtype: dtype),
            new YoloHead.Detect(nc, ch, device: device, dtype: dtype));
    }

    public override Tensor[] forward(Tensor x)
    {
        using (NewDisposeScope())
        {
            List<Tensor> outputs = new List<Tensor>();
            int catCount = 0;
            Tensor[] list = Array.Empty<Tensor>();
            for (int i = 0; i < model.Count; i++)
            {
                switch (model[i])
                {
                    case nn.Module<Tensor, Tensor> mod:
                        x = mod.forward(x);
                        break;
                    case YoloBlocks.Concat cat:
                        x = cat.forward(new Tensor[] { x, outputs[catCount == 0 ? 0 : outputs.Count - 2] });
                        catCount++;
                        break;
                    case YoloHead.Detect detect:
                        list = detect.forward(new Tensor[] { outputs[outputs.Count - 1], x });
                        break;
                    default:
                        throw new Exception();
                }

                if (OutputIndexes.Contains(i))
                {
                    outputs.Add(x);
                }
            }

            list = list.Select(y => y.MoveToOuterDisposeScope()).ToArray();
            return list;
        }
    }
}

internal class YoloConvs
{
    private static int autopad(int k, int? p = null, int d = 1)
    {
        if (d > 1)
            k = d * (k - 1) + 1;
        if (p is null)
            p = k / 2;
        return p.Value;
    }

    internal class Conv : nn.Module<Tensor, Tensor>
    {
        public readonly Conv2d conv;
        public readonly BatchNorm2d bn;
        protected readonly nn.Module<Tensor, Tensor> act;
        private readonly double eps = 0.001;
        private readonly double momentum = 0.03;

        internal Conv(
            int c1, int c2, int k = 1, int s = 1, int? p = null, int g = 1, int d = 1, bool bias = false, nn.Module<Tensor, Tensor>? act = null,
            Device? device = null, ScalarType? dtype = null) : base(nameof(Conv))
        {
            this.conv = nn.Conv2d(c1, c2, k, s, autopad(k, p, d), groups: g, bias: bias, dilation: d, device: device, dtype: dtype);
            this.bn = nn.BatchNorm2d(c2, eps: eps, momentum: momentum, track_running_stats: true, device: device, dtype: dtype);
            this.act = act ?? nn.SiLU();
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => this.act.forward(this.bn.forward(this.conv.forward(x)));

        public virtual Tensor forward_fuse(Tensor x)
        {
            return this.act.forward(this.conv.forward(x));
        }
    }

    internal class DWConv : Conv
    {
        internal DWConv(int c1, int c2, int k = 1, int s = 1, int d = 1, nn.Module<Tensor, Tensor>? act = null, Device? device = null, ScalarType? dtype = null)
            : base(c1, c2, k, s, g: Gcd(c1, c2), d: d, act: act, device: device, dtype: dtype)
        {
        }

        private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
    }
}

internal class YoloBlocks
{
    internal class Concat : nn.Module<Tensor[], Tensor>
    {
        private readonly long dim;

        internal Concat(long dim = 1) : base(nameof(Concat)) => this.dim = dim;

        public override Tensor forward(Tensor[] x) => torch.cat(x, dim);
    }

    internal class Bottleneck : nn.Module<Tensor, Tensor>
    {
        private readonly YoloConvs.Conv cv1;
        private readonly YoloConvs.Conv cv2;
        private readonly bool add;

        internal Bottleneck(int c1, int c2, bool shortcut = true, (int, int)? k = null, float e = 0.5f, Device? device = null, ScalarType? dtype = null)
            : base(nameof(Bottleneck))
        {
            var (k1, k2) = k ?? (3, 3);
            int c_ = (int)(c2 * e);
            cv1 = new YoloConvs.Conv(c1, c_, k1, device: device, dtype: dtype);
            cv2 = new YoloConvs.Conv(c_, c2, k2, device: device, dtype: dtype);
            add = shortcut && c1 == c2;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            Tensor y = cv2.forward(cv1.forward(x));
            return add ? x + y : y;
        }
    }

    internal class C2f : nn.Module<Tensor, Tensor>
    {
        private readonly int c;
        private readonly YoloConvs.Conv cv1;
        private readonly YoloConvs.Conv cv2;
        private readonly ModuleList<Bottleneck> m;

        internal C2f(int c1, int c2, int n = 1, bool shortcut = false, float e = 0.5f, Device? device = null, ScalarType? dtype = null) : base(nameof(C2f))
        {
            this.c = (int)(c2 * e);
            this.cv1 = new YoloConvs.Conv(c1, 2 * this.c, device: device, dtype: dtype);
            this.cv2 = new YoloConvs.Conv((2 + n) * this.c, c2, device: device, dtype: dtype);
            this.m = new ModuleList<Bottleneck>(
                Enumerable.Range(0, n).Select(_ => new Bottleneck(this.c, this.c, shortcut, (3, 3), 1.0f, device, dtype)).ToArray());
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using (NewDisposeScope())
            {
                List<Tensor> y = this.cv1.forward(x).chunk(2, 1).ToList();
                for (int i = 0; i < this.m.Count; i++)
                {
                    y.Add(this.m[i].forward(y.Last()));
                }

                return this.cv2.forward(torch.cat(y, 1)).MoveToOuterDisposeScope();
            }
        }
    }

    internal class Sppf : nn.Module<Tensor, Tensor>
    {
        private readonly YoloConvs.Conv cv1;
        private readonly YoloConvs.Conv cv2;
        private readonly MaxPool2d m;

        internal Sppf(int c1, int c2, int k = 5, Device? device = null, ScalarType? dtype = null) : base(nameof(Sppf))
        {
            int c_ = c1 / 2;
            this.cv1 = new YoloConvs.Conv(c1, c_, 1, 1, act: nn.Identity(), device: device, dtype: dtype);
            this.cv2 = new YoloConvs.Conv(c_ * 4, c2, 1, 1, device: device, dtype: dtype);
            this.m = nn.MaxPool2d(kernel_size: k, stride: 1, padding: k / 2);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            List<Tensor> y = new List<Tensor> { this.cv1.forward(x) };
            y.AddRange(Enumerable.Range(0, 3).Select(_ => this.m.forward(y[y.Count - 1])));
            return this.cv2.forward(torch.cat(y, 1));
        }
    }

    internal class Dfl : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv;
        private readonly int c1;

        internal Dfl(int c1 = 16, Device? device = null, ScalarType? dtype = null) : base(nameof(Dfl))
        {
            this.conv = nn.Conv2d(c1, 1, 1, bias: false, device: device, dtype: dtype);
            Tensor x = torch.arange(c1, device: device, dtype: ScalarType.Float32);
            this.conv.weight = nn.Parameter(x.view(1, c1, 1, 1));
            this.c1 = c1;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            long b = x.shape[0];
            long a = x.shape[2];
            return conv.forward(x.view(b, 4, c1, a).transpose(2, 1).softmax(1)).view(b, 4, a);
        }
    }
}

internal class YoloHead
{
    internal class Detect : nn.Module<Tensor[], Tensor[]>
    {
        private readonly int nc;
        private readonly int reg_max = 8;
        private readonly int[] stride = new int[] { 8, 16 };
        private readonly ModuleList<Sequential> cv2;
        private readonly ModuleList<Sequential> cv3;
        private readonly nn.Module<Tensor, Tensor> dfl;

        internal Detect(int nc, int[] ch, bool legacy = false, Device? device = null, ScalarType? dtype = null) : base(nameof(Detect))
        {
            this.nc = nc;
            int c2 = Math.Max(16, Math.Max(ch[0] / 4, this.reg_max * 4));
            int c3 = Math.Max(ch[0], Math.Min(this.nc, 100));
            this.cv2 = nn.ModuleList(ch.Select(x => nn.Sequential(
                new YoloConvs.Conv(x, c2, 3, device: device, dtype: dtype),
                new YoloConvs.Conv(c2, c2, 3, device: device, dtype: dtype),
                nn.Conv2d(c2, 4 * this.reg_max, 1, device: device, dtype: dtype))).ToArray());
            this.cv3 = legacy
                ? nn.ModuleList(ch.Select(x => nn.Sequential(
                    new YoloConvs.Conv(x, c3, 3, device: device, dtype: dtype),
                    nn.Conv2d(c3, this.nc, 1, device: device, dtype: dtype))).ToArray())
                : nn.ModuleList(ch.Select(x => nn.Sequential(
                    nn.Sequential(new YoloConvs.DWConv(x, x, 3, device: device, dtype: dtype), new YoloConvs.Conv(x, c3, 1, device: device, dtype: dtype)),
                    nn.Conv2d(c3, this.nc, 1, device: device, dtype: dtype))).ToArray());
            this.dfl = this.reg_max > 1 ? new YoloBlocks.Dfl(this.reg_max, device: device, dtype: dtype) : nn.Identity();
            RegisterComponents();
        }

        public override Tensor[] forward(Tensor[] x)
        {
            for (int i = 0; i < x.Length; i++)
            {
                x[i] = torch.cat(new Tensor[] { cv2[i].forward(x[i]), cv3[i].forward(x[i]) }, 1);
            }

            if (this.training)
            {
                return x;
            }

            long no = nc + reg_max * 4;
            Tensor x_cat = torch.cat(x.Select(xi => xi.view(xi.shape[0], no, -1)).ToArray(), dim: 2);
            Tensor[] box_cls = x_cat.split(new long[] { reg_max * 4, nc }, dim: 1);
            (Tensor anchors, Tensor strides) = make_anchors(x, stride, 0.5f);
            Tensor dist = dfl.forward(box_cls[0]);
            Tensor[] lt_rb = dist.chunk(2, 1);
            Tensor x1y1 = anchors.unsqueeze(0) - lt_rb[0];
            Tensor x2y2 = anchors.unsqueeze(0) + lt_rb[1];
            Tensor dbox = torch.cat(new Tensor[] { (x1y1 + x2y2) / 2, x2y2 - x1y1 }, 1) * strides;
            return new Tensor[] { torch.cat(new Tensor[] { dbox, box_cls[1].sigmoid() }, 1), x[0], x[1] };
        }

        private static (Tensor, Tensor) make_anchors(Tensor[] feats, int[] strides, float grid_cell_offset = 0.5f)
        {
            List<Tensor> anchor_points = new List<Tensor>();
            List<Tensor> stride_tensor = new List<Tensor>();
            for (int i = 0; i < strides.Length; i++)
            {
                long h = feats[i].shape[2];
                long w = feats[i].shape[3];
                Tensor sx = torch.arange(w, dtype: feats[i].dtype, device: feats[i].device) + grid_cell_offset;
                Tensor sy = torch.arange(h, dtype: feats[i].dtype, device: feats[i].device) + grid_cell_offset;
                Tensor[] grid = torch.meshgrid(new Tensor[] { sy, sx }, indexing: "ij");
                anchor_points.Add(torch.stack(new Tensor[] { grid[1], grid[0] }, -1).view(-1, 2));
                stride_tensor.Add(torch.full(new long[] { h * w, 1 }, strides[i], dtype: feats[i].dtype, device: feats[i].device));
            }

            return (torch.cat(anchor_points).transpose(0, 1), torch.cat(stride_tensor).transpose(0, 1));
        }
    }
}
