//! new Zoo.Detector(labels: 4) : rand(2, 3, 64, 96)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>
/// A detector without anchors in the shape of YOLOv8: a backbone of partly passed stages (Wang et al., 2020), paths down and up between two sizes (Liu et al.,
/// 2018), and sides of boxes as means of distributions (Li et al., 2020).
/// Kinds: blocks nested in plain classes, a list of mixed modules that a virtual method builds and a switch on types runs, virtual properties, a user base
/// class with a virtual method, Device? and ScalarType? through all constructors, layers as arguments, lists of Sequentials that lambdas return,
/// one of two lists or layers by a setting, a weight replaced by a constant, dispose scopes, arrays of tensors in and out.
/// </summary>
public class Detector : nn.Module<Tensor, Tensor[]>
{
    private readonly ModuleList<nn.Module> model;
    private int[] found = Array.Empty<int>();

    /// <summary>The parts whose result is needed again.</summary>
    protected virtual int[] Kept => new int[] { 4, 7, 10, 13 };

    /// <summary>Which kept result each joint reads.</summary>
    protected virtual int[] Read => new int[] { 0, 1 };

    public Detector(int labels = 80, Device? device = null, ScalarType? dtype = null) : base(nameof(Detector))
    {
        model = Parts(labels, device, dtype);
        RegisterComponents();
    }

    internal virtual ModuleList<nn.Module> Parts(int labels, Device? device, ScalarType? dtype)
    {
        int[] w = new List<int> { 64, 128, 128, 256 }.Select(full => full / 4).ToArray();
        int few = (int)Math.Round(3 * 0.33), more = (int)Math.Round(6 * 0.33);
        found = new int[] { w[2], w[3] };
        return nn.ModuleList<nn.Module>(
            new Pieces.Convolved(3, w[0], 3, 2, device: device, dtype: dtype),
            new Pieces.Convolved(w[0], w[1], 3, 2, device: device, dtype: dtype),
            new Stages.PartlyPassed(w[1], w[1], few, true, device: device, dtype: dtype),
            new Pieces.Convolved(w[1], w[2], 3, 2, device: device, dtype: dtype),
            new Stages.PartlyPassed(w[2], w[2], more, true, device: device, dtype: dtype),
            new Pieces.Convolved(w[2], w[3], 3, 2, device: device, dtype: dtype),
            new Stages.PartlyPassed(w[3], w[3], few, true, device: device, dtype: dtype),
            new Stages.WiderAndWider(w[3], w[3], 5, device: device, dtype: dtype),

            // Large again, beside what was seen at that size.
            nn.Upsample(scale_factor: new double[] { 2, 2 }, mode: UpsampleMode.Nearest),
            new Stages.Joint(),
            new Stages.PartlyPassed(w[2] + w[3], w[2], few, device: device, dtype: dtype),

            new Pieces.Convolved(w[2], w[2], 3, 2, device: device, dtype: dtype),
            new Stages.Joint(),
            new Stages.PartlyPassed(w[2] + w[3], w[3], few, device: device, dtype: dtype),
            new Heads.Finder(labels, found, device: device, dtype: dtype));
    }

    public override Tensor[] forward(Tensor pictures)
    {
        using (NewDisposeScope())
        {
            Tensor[] boxes = Array.Empty<Tensor>();
            List<Tensor> kept = new List<Tensor>();
            Tensor x = pictures;
            int joints = 0;
            for (int part = 0; part < model.Count; part++)
            {
                switch (model[part])
                {
                    case Heads.Finder finder:
                        boxes = finder.forward(new Tensor[] { kept[kept.Count - 2], kept[kept.Count - 1] });
                        break;
                    case Stages.Joint joint:
                        x = joint.forward(new Tensor[] { x, kept[Read[joints++]] });
                        break;
                    case nn.Module<Tensor, Tensor> step:
                        x = step.forward(x);
                        break;
                    default:
                        throw new InvalidOperationException($"part {part} is of an unknown kind");
                }

                if (Kept.Contains(part))
                {
                    kept.Add(x);
                }
            }

            return boxes.Select(tensor => tensor.MoveToOuterDisposeScope()).ToArray();
        }
    }
}

internal class Pieces
{
    // Keeps the size of the picture where the stride is 1.
    private static int Margin(int window, int apart, int? wanted = null) => wanted ?? (window - 1) * apart / 2;

    internal class Convolved : nn.Module<Tensor, Tensor>
    {
        public readonly Conv2d conv;
        public readonly BatchNorm2d bn;
        protected readonly nn.Module<Tensor, Tensor> bend;
        private readonly double epsilon = 1e-3;

        internal Convolved(
            int from, int to, int window = 1, int stride = 1, int? margin = null, int groups = 1, int apart = 1, nn.Module<Tensor, Tensor>? bend = null,
            Device? device = null, ScalarType? dtype = null) : base(nameof(Convolved))
        {
            this.bend = bend ?? nn.SiLU();
            this.bn = nn.BatchNorm2d(to, eps: epsilon, momentum: 0.03, device: device, dtype: dtype);
            this.conv = nn.Conv2d(
                from, to, window, stride, Margin(window, apart, margin), groups: groups, bias: false, dilation: apart, device: device, dtype: dtype);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            Tensor even = this.bn.forward(this.conv.forward(x));
            return this.bend.forward(even);
        }

        /// <summary>For weights that already hold the norm.</summary>
        public virtual Tensor WithoutNorm(Tensor x) => this.bend.forward(this.conv.forward(x));
    }

    internal class Depthwise : Convolved
    {
        internal Depthwise(int from, int to, int window, nn.Module<Tensor, Tensor>? bend = null, Device? device = null, ScalarType? dtype = null)
            : base(from, to, window, groups: Shared(from, to), bend: bend, device: device, dtype: dtype)
        {
        }

        private static int Shared(int a, int b)
        {
            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            return a;
        }
    }
}

internal class Stages
{
    internal class Joint : nn.Module<Tensor[], Tensor>
    {
        private readonly long along;

        internal Joint(long along = 1) : base(nameof(Joint)) => this.along = along;

        public override Tensor forward(Tensor[] parts) => torch.cat(parts, along);
    }

    internal class Pair : nn.Module<Tensor, Tensor>
    {
        private readonly bool keeps;
        private readonly Pieces.Convolved cv1;
        private readonly Pieces.Convolved cv2;

        internal Pair(int from, int to, bool keeps = true, (int, int)? windows = null, float inner = 0.5f, Device? device = null, ScalarType? dtype = null)
            : base(nameof(Pair))
        {
            (int first, int second) = windows ?? (3, 3);
            int middle = (int)(inner * to);
            this.cv2 = new Pieces.Convolved(middle, to, second, device: device, dtype: dtype);
            this.cv1 = new Pieces.Convolved(from, middle, first, device: device, dtype: dtype);
            this.keeps = keeps && to == from;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => keeps ? x + cv2.forward(cv1.forward(x)) : cv2.forward(cv1.forward(x));
    }

    internal class PartlyPassed : nn.Module<Tensor, Tensor>
    {
        private readonly int half;
        private readonly ModuleList<Pair> m;
        private readonly Pieces.Convolved cv1;
        private readonly Pieces.Convolved cv2;

        internal PartlyPassed(int from, int to, int depth = 1, bool keeps = false, Device? device = null, ScalarType? dtype = null)
            : base(nameof(PartlyPassed))
        {
            this.half = to / 2;
            this.m = new ModuleList<Pair>(
                Enumerable.Range(0, depth).Select(_ => new Pair(this.half, this.half, keeps, (3, 3), 1.0f, device, dtype)).ToArray());
            this.cv2 = new Pieces.Convolved(this.half * (depth + 2), to, device: device, dtype: dtype);
            this.cv1 = new Pieces.Convolved(from, this.half * 2, device: device, dtype: dtype);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using (NewDisposeScope())
            {
                // One half passes unchanged; all that the other half becomes is joined to it.
                List<Tensor> seen = this.cv1.forward(x).chunk(2, 1).ToList();
                foreach (Pair pair in this.m)
                {
                    seen.Add(pair.forward(seen.Last()));
                }

                return this.cv2.forward(torch.cat(seen, 1)).MoveToOuterDisposeScope();
            }
        }
    }

    // Pooling of pooling sees windows of 5, 9 and 13 (He et al., 2015).
    internal class WiderAndWider : nn.Module<Tensor, Tensor>
    {
        private readonly Pieces.Convolved cv1;
        private readonly Pieces.Convolved cv2;
        private readonly MaxPool2d m;

        internal WiderAndWider(int from, int to, int window, Device? device = null, ScalarType? dtype = null) : base(nameof(WiderAndWider))
        {
            this.m = nn.MaxPool2d(kernel_size: window, stride: 1, padding: window / 2);
            this.cv2 = new Pieces.Convolved(from / 2 * 4, to, device: device, dtype: dtype);
            this.cv1 = new Pieces.Convolved(from, from / 2, bend: nn.Identity(), device: device, dtype: dtype);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            List<Tensor> pooled = new List<Tensor> { this.cv1.forward(x) };
            pooled.AddRange(Enumerable.Range(0, 3).Select(i => this.m.forward(pooled[i])));
            return this.cv2.forward(torch.cat(pooled, 1));
        }
    }
}

internal class Heads
{
    // The mean of a distribution over 0, 1, 2 ...
    internal class Mean : nn.Module<Tensor, Tensor>
    {
        private readonly int bins;
        private readonly Conv2d conv;

        internal Mean(int bins, Device? device = null, ScalarType? dtype = null) : base(nameof(Mean))
        {
            this.bins = bins;
            this.conv = nn.Conv2d(bins, 1, 1, bias: false, device: device, dtype: dtype);
            Tensor values = torch.arange(bins, device: device, dtype: ScalarType.Float32);
            this.conv.weight = nn.Parameter(values.view(1, bins, 1, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor sides)
        {
            (long batch, long places) = (sides.shape[0], sides.shape[2]);
            Tensor shares = sides.view(batch, 4, bins, places).transpose(2, 1).softmax(1);
            return conv.forward(shares).view(batch, 4, places);
        }
    }

    internal class Finder : nn.Module<Tensor[], Tensor[]>
    {
        private readonly int labels;
        private readonly int bins = 8;
        private readonly int[] steps = new int[] { 8, 16 };
        private readonly ModuleList<Sequential> cv2;
        private readonly ModuleList<Sequential> cv3;
        private readonly nn.Module<Tensor, Tensor> dfl;

        internal Finder(int labels, int[] widths, bool heavy = false, Device? device = null, ScalarType? dtype = null) : base(nameof(Finder))
        {
            this.labels = labels;
            int forLabels = Math.Max(Math.Min(labels, 100), widths[0]);
            int forSides = new[] { 16, widths[0] / 4, 4 * this.bins }.Max();
            this.dfl = this.bins == 1 ? nn.Identity() : new Mean(this.bins, device: device, dtype: dtype);
            this.cv2 = nn.ModuleList(widths.Select(from => nn.Sequential(
                new Pieces.Convolved(from, forSides, 3, device: device, dtype: dtype),
                new Pieces.Convolved(forSides, forSides, 3, device: device, dtype: dtype),
                nn.Conv2d(forSides, 4 * this.bins, 1, device: device, dtype: dtype))).ToArray());
            this.cv3 = heavy
                ? nn.ModuleList(widths.Select(from => nn.Sequential(
                    new Pieces.Convolved(from, forLabels, 3, device: device, dtype: dtype),
                    nn.Conv2d(forLabels, labels, 1, device: device, dtype: dtype))).ToArray())
                : nn.ModuleList(widths.Select(from => nn.Sequential(
                    nn.Sequential(new Pieces.Depthwise(from, from, 3, device: device, dtype: dtype), new Pieces.Convolved(from, forLabels, device: device)),
                    nn.Conv2d(forLabels, labels, 1, device: device, dtype: dtype))).ToArray());
            RegisterComponents();
        }

        public override Tensor[] forward(Tensor[] maps)
        {
            for (int size = 0; size < maps.Length; size++)
            {
                Tensor sides = cv2[size].forward(maps[size]);
                maps[size] = torch.cat(new Tensor[] { sides, cv3[size].forward(maps[size]) }, 1);
            }

            if (this.training)
            {
                return maps;
            }

            Tensor all = torch.cat(maps.Select(map => map.view(map.shape[0], 4 * bins + labels, -1)).ToArray(), dim: 2);
            Tensor[] told = all.split(new long[] { 4 * bins, labels }, dim: 1);
            (Tensor places, Tensor scale) = Places(maps);

            // Distances to the left and above, and to the right and below.
            Tensor[] ways = dfl.forward(told[0]).chunk(2, 1);
            Tensor middle = places + (ways[1] - ways[0]) / 2;
            Tensor boxes = torch.cat(new Tensor[] { middle, ways[0] + ways[1] }, 1) * scale;
            return new Tensor[] { torch.cat(new Tensor[] { boxes, told[1].sigmoid() }, 1), maps[0], maps[1] };
        }

        private (Tensor, Tensor) Places(Tensor[] maps)
        {
            List<Tensor> places = new List<Tensor>(), scales = new List<Tensor>();
            foreach (var (map, step) in maps.Zip(steps))
            {
                Tensor rows = torch.arange(map.shape[2], dtype: map.dtype, device: map.device) + 0.5f;
                Tensor columns = torch.arange(map.shape[3], dtype: map.dtype, device: map.device) + 0.5f;
                Tensor[] grid = torch.meshgrid(new Tensor[] { rows, columns }, indexing: "ij");
                places.Add(torch.stack(new Tensor[] { grid[1], grid[0] }).view(2, -1));
                scales.Add(torch.full(new long[] { 1, grid[0].numel() }, step, dtype: map.dtype, device: map.device));
            }

            return (torch.cat(places, 1), torch.cat(scales, 1));
        }
    }
}
