//! new Zoo.NoisePredictor() : randn(1, 3, 8, 8), randn(1, 5, 12), ints(1000, 1)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo
{
    /// <summary>A diffusion network: a Sequential of three inputs that calls its children by type, lists made in loops, skips in a list.</summary>
    public class NoisePredictor : Module<Tensor, Tensor, Tensor, Tensor>
    {
        internal readonly Clock clock;
        internal readonly ModuleList<Lane> down;
        internal readonly Lane bottom;
        internal readonly ModuleList<Lane> up;
        internal readonly GroupNorm norm;
        internal readonly Conv2d noise;

        public NoisePredictor(long colours = 3, long width = 8, int levels = 2, int repeats = 1, long textWidth = 12) : base(nameof(NoisePredictor))
        {
            var timeWidth = 4 * width;
            clock = new Clock(width, timeWidth);
            down = new ModuleList<Lane>(new Lane(Conv2d(colours, width, kernel_size: 3, padding: 1)));
            up = new ModuleList<Lane>();

            // The widths of what the way down leaves for the way up.
            var left = new List<long> { width };
            var current = width;
            for (var level = 0; level < levels; level++)
            {
                var wanted = width << level;
                for (var i = 0; i < repeats; i++)
                {
                    down.Add(new Lane(new TimedBlock(current, wanted, timeWidth), new TextBlend(wanted, textWidth)));
                    current = wanted;
                    left.Add(current);
                }

                if (level + 1 < levels)
                {
                    down.Add(new Lane(Conv2d(current, current, kernel_size: 3, stride: 2, padding: 1)));
                    left.Add(current);
                }
            }

            bottom = new Lane(
                new TimedBlock(current, current, timeWidth), new TextBlend(current, textWidth), new TimedBlock(current, current, timeWidth));
            for (var level = levels - 1; level >= 0; level--)
            {
                var wanted = width << level;
                for (var i = 0; i <= repeats; i++)
                {
                    var merged = new TimedBlock(current + left[^1], wanted, timeWidth);
                    left.RemoveAt(left.Count - 1);
                    current = wanted;
                    up.Add(i == repeats && level > 0
                        ? new Lane(merged, new TextBlend(wanted, textWidth), new Enlarge(wanted))
                        : new Lane(merged, new TextBlend(wanted, textWidth)));
                }
            }

            norm = GroupNorm(4, current);
            noise = Conv2d(current, colours, kernel_size: 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor noisy, Tensor text, Tensor steps)
        {
            using var scope = NewDisposeScope();
            var time = clock.forward(steps);
            var skips = new List<Tensor>();
            var x = noisy;
            foreach (var lane in down)
            {
                x = lane.forward(x, text, time);
                skips.Add(x);
            }

            x = bottom.forward(x, text, time);
            foreach (var lane in up)
            {
                x = torch.cat(new[] { x, skips.Last() }, dim: 1);
                skips.RemoveAt(skips.Count - 1);
                x = lane.forward(x, text, time);
            }

            x = functional.silu(norm.forward(x));
            return noise.forward(x).MoveToOuterDisposeScope();
        }
    }

    /// <summary>A path through blocks: each takes the picture, and the text or the time if it is of their kind.</summary>
    internal class Lane : Sequential<Tensor, Tensor, Tensor, Tensor>
    {
        internal Lane(params torch.nn.Module[] blocks) : base(blocks)
        {
        }

        public override Tensor forward(Tensor picture, Tensor text, Tensor time)
        {
            using var scope = NewDisposeScope();
            foreach (var block in children())
            {
                if (block is TimedBlock timed)
                {
                    picture = timed.call(picture, time);
                }
                else if (block is TextBlend blend)
                {
                    picture = blend.call(picture, text);
                }
                else
                {
                    picture = ((Module<Tensor, Tensor>)block).call(picture);
                }
            }

            return picture.MoveToOuterDisposeScope();
        }
    }

    /// <summary>What the blocks know of the step: sines and cosines of its number, through two layers.</summary>
    internal class Clock : Module<Tensor, Tensor>
    {
        private readonly Linear fast;
        private readonly Linear slow;
        private readonly long half;

        internal Clock(long waves, long width) : base(nameof(Clock))
        {
            half = waves / 2;
            fast = Linear(waves, width);
            slow = Linear(width, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor steps)
        {
            using var scope = NewDisposeScope();
            var periods = torch.exp(torch.arange(half, dtype: ScalarType.Float32) * (Math.Log(10000) / half));
            var angles = steps.to(ScalarType.Float32).unsqueeze(1) / periods;
            var hands = torch.cat(new[] { angles.cos(), angles.sin() }, dim: 1);
            return slow.forward(functional.silu(fast.forward(hands))).MoveToOuterDisposeScope();
        }
    }

    internal class TimedBlock : Module<Tensor, Tensor, Tensor>
    {
        private readonly GroupNorm enterNorm;
        private readonly Conv2d enter;
        private readonly Linear hour;
        private readonly GroupNorm leaveNorm;
        private readonly Dropout drop;
        private readonly Conv2d leave;
        private readonly Module<Tensor, Tensor> around;

        internal TimedBlock(long from, long to, long timeWidth, double drop = 0.1) : base(nameof(TimedBlock))
        {
            enterNorm = GroupNorm(4, from);
            enter = Conv2d(from, to, kernel_size: 3, padding: 1);
            hour = Linear(timeWidth, to);
            leaveNorm = GroupNorm(4, to);
            this.drop = Dropout(drop);
            leave = Conv2d(to, to, kernel_size: 3, padding: 1);
            around = from == to ? Identity() : Conv2d(from, to, kernel_size: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture, Tensor time)
        {
            using var scope = NewDisposeScope();
            var x = enter.forward(functional.silu(enterNorm.forward(picture)));
            x += hour.forward(functional.silu(time)).view(x.shape[0], -1, 1, 1);
            x = leave.forward(drop.forward(functional.silu(leaveNorm.forward(x))));
            return (around.forward(picture) + x).MoveToOuterDisposeScope();
        }
    }

    /// <summary>The places of a picture look at each other, then at the text, then each thinks for itself.</summary>
    internal class TextBlend : Module<Tensor, Tensor, Tensor>
    {
        private readonly GroupNorm norm;
        private readonly Conv2d open;
        private readonly LayerNorm selfNorm;
        private readonly Gaze self;
        private readonly LayerNorm textNorm;
        private readonly Gaze text;
        private readonly LayerNorm gateNorm;
        private readonly Linear gated;
        private readonly Linear ungated;
        private readonly Conv2d close;

        internal TextBlend(long width, long textWidth, long heads = 2) : base(nameof(TextBlend))
        {
            norm = GroupNorm(4, width);
            open = Conv2d(width, width, kernel_size: 1);
            close = Conv2d(width, width, kernel_size: 1);
            (selfNorm, textNorm, gateNorm) = (LayerNorm(width), LayerNorm(width), LayerNorm(width));
            self = new Gaze(width, width, heads);
            text = new Gaze(width, textWidth, heads);
            gated = Linear(width, 6 * width);
            ungated = Linear(3 * width, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture, Tensor words)
        {
            using var scope = NewDisposeScope();
            var places = open.forward(norm.forward(picture)).flatten(2).transpose(1, 2);
            var normal = selfNorm.forward(places);
            places = places + self.forward(normal, normal);
            places += text.forward(textNorm.forward(places), words);
            var halves = gated.forward(gateNorm.forward(places)).chunk(2, dim: -1);
            places += ungated.forward(halves[0] * functional.gelu(halves[1]));
            var back = places.transpose(1, 2).reshape(picture.shape);
            return (picture + close.forward(back)).MoveToOuterDisposeScope();
        }
    }

    internal class Gaze : Module<Tensor, Tensor, Tensor>
    {
        private readonly Linear query;
        private readonly Linear key;
        private readonly Linear value;
        private readonly Linear join;
        private readonly long heads;

        internal Gaze(long width, long seenWidth, long heads, bool hasBias = false) : base(nameof(Gaze))
        {
            this.heads = heads;
            query = Linear(width, width, hasBias: hasBias);
            key = Linear(seenWidth, width, hasBias: hasBias);
            value = Linear(seenWidth, width, hasBias: hasBias);
            join = Linear(width, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor from, Tensor seen)
        {
            using var scope = NewDisposeScope();
            var q = Heads(query.forward(from));
            var scores = torch.einsum("bhqd,bhkd->bhqk", q, Heads(key.forward(seen)));
            scores /= Math.Sqrt(q.shape[^1]);
            var taken = scores.softmax(-1).matmul(Heads(value.forward(seen)));
            return join.forward(taken.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
        }

        private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
    }

    internal class Enlarge : Module<Tensor, Tensor>
    {
        private readonly Conv2d smooth;

        internal Enlarge(long width) : base(nameof(Enlarge))
        {
            smooth = Conv2d(width, width, kernel_size: 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture)
        {
            using var doubled = functional.interpolate(picture, scale_factor: new[] { 2.0, 2.0 });
            return smooth.forward(doubled);
        }
    }
}
